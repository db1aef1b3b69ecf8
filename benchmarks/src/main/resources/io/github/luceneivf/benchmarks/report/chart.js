"use strict";
/* Curves of recall against queries per second, drawn by uPlot; own parts are the scale of recall,
   faint points beside the front, and the box with the figures of the nearest point. */
const Charts = (() => {
  const HUES = {
    OURS: ["#1a66e0", "#00a3a3", "#5b4ae0", "#17a2e8", "#2f7d6b", "#7d8bf0"],
    HNSW: ["#e8710a", "#d93025", "#b8860b", "#f0a030", "#a8452a", "#e06a8c"],
    DISKBBQ: ["#9c36d6", "#d0248c", "#7a3fb0", "#c77be8", "#8a2a6a", "#b45fb4"],
    FAISS: ["#2e8b3d", "#7da52a", "#11704a", "#9bbf4a"],
    EXACT: ["#7b8594", "#a0a8b4"],
  };
  const DASHES = [[], [7, 4], [2, 3], [10, 3, 2, 3]];
  /** The most wanted first; a tick is left out where it would touch one before it. */
  const TICKS = [0.9, 0.99, 0.95, 1, 0.8, 0.5, 0.98, 0.97, 0.7, 0.6, 0.995, 0.85, 0.93, 0.999, 0, 0.4, 0.2];
  /** Where a recall stands on the axis: equal steps for 0.9, 0.99 and so on, and 1 at a finite place. */
  const BEYOND = 1.003;
  const place = recall => -Math.log10(BEYOND - recall);
  const NEAR_PIXELS = 40;

  const css = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  /** Gives every curve of a data set its colour and dashes, the same in all its charts. */
  function styles(curves) {
    const counts = {}, styles = new Map();
    for (const { contender, family } of curves) {
      if (styles.has(contender)) continue;
      const n = counts[family] = (counts[family] ?? -1) + 1;
      const hues = HUES[family];
      styles.set(contender, {
        family, color: hues[n % hues.length], dash: DASHES[Math.floor(n / hues.length) % DASHES.length],
      });
    }
    return styles;
  }

  /** The points that no other point of the curve beats in both recall and speed, by recall. */
  function front(points) {
    const sorted = [...points].sort((a, b) => b.recall - a.recall || b.qpsMedian - a.qpsMedian);
    let best = 0;
    return sorted.filter(p => p.qpsMedian > best && (best = p.qpsMedian)).reverse();
  }

  function range(curves) {
    const points = curves.flatMap(c => c.points);
    const recalls = points.map(p => p.recall).sort((a, b) => a - b);
    // A few hopeless points must not squeeze all the others; they stay reachable in the tables.
    const low = Math.max(0, Math.min(0.8, recalls[Math.floor(recalls.length * 0.1)] ?? 0.8) - 0.01);
    const speeds = points.filter(p => p.recall >= low).flatMap(p => [p.qpsLow ?? p.qpsMedian, p.qpsHigh ?? p.qpsMedian]);
    return { low, slow: Math.min(...speeds) / 1.15, fast: Math.max(...speeds) * 1.15 };
  }

  /** Speeds at 1, 2 and 5 of every power of ten between two. */
  function speedTicks(_, __, low, high) {
    const ticks = [];
    for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power++) {
      for (const m of [1, 2, 5]) {
        const tick = m * Math.pow(10, power);
        if (tick >= low && tick <= high) ticks.push(tick);
      }
    }
    return ticks;
  }

  /** uPlot would leave labels out on logarithmic scales. */
  const every = (_, ticks) => ticks;

  const short = n => n >= 1e6 ? +(n / 1e6).toPrecision(3) + "M" : n >= 1e3 ? +(n / 1e3).toPrecision(3) + "k" : +n.toPrecision(3) + "";

  function ticksFrom(low, width) {
    const pixels = t => (place(t) - place(low)) / (place(1) - place(low)) * width;
    const kept = [];
    for (const tick of TICKS) {
      if (tick >= low && kept.every(other => Math.abs(pixels(other) - pixels(tick)) > 34)) kept.push(tick);
    }
    return kept.sort((a, b) => a - b);
  }

  function options(curves, styles, hidden, width, draw) {
    const { low, slow, fast } = range(curves);
    const narrow = width < 560;
    const axis = { stroke: () => css("--quiet"), grid: { stroke: () => css("--grid"), width: 1 }, ticks: { stroke: () => css("--grid"), width: 1 }, font: "12px system-ui, sans-serif", labelFont: "12px system-ui, sans-serif" };
    const shown = ticksFrom(low, width - 80);
    return {
      width, height: narrow ? 320 : 430, padding: [12, 14, 0, 0], legend: { show: false },
      cursor: { drag: { x: false, y: false }, points: { show: false } },
      scales: {
        x: { time: false, range: [place(low), place(1)] },
        y: { distr: 3, range: [slow, fast] },
      },
      axes: [
        { ...axis, label: "recall", labelSize: 22, size: 34, splits: () => shown.map(place), filter: every, values: () => shown.map(String) },
        { ...axis, label: "queries per second", labelSize: 22, size: 48, splits: speedTicks, filter: every, values: (_, ticks) => ticks.map(short) },
      ],
      series: [{}, ...curves.map(({ contender }) => {
        const { color, dash, family } = styles.get(contender);
        return { label: contender, show: !hidden.has(contender), stroke: color, dash, width: family === "OURS" ? 2.6 : 1.6, spanGaps: true, points: { show: true, size: family === "OURS" ? 6.5 : 5.5, fill: color, stroke: color } };
      })],
      hooks: { draw: [draw] },
    };
  }

  /** Draws what a line cannot show: spread of the repetitions, points behind the front, defaults. */
  function extras(u, curves, styles) {
    const { ctx } = u, ratio = devicePixelRatio, { left, top, width, height } = u.bbox;
    ctx.save();
    ctx.beginPath();
    ctx.rect(left, top, width, height);
    ctx.clip();
    curves.forEach((curve, i) => {
      if (!u.series[i + 1].show) return;
      const onFront = new Set(curve.front);
      ctx.strokeStyle = ctx.fillStyle = styles.get(curve.contender).color;
      for (const point of curve.points) {
        const x = u.valToPos(place(point.recall), "x", true), y = u.valToPos(point.qpsMedian, "y", true);
        ctx.globalAlpha = 0.4;
        if (onFront.has(point) && point.qpsLow && point.qpsHigh) {
          ctx.lineWidth = ratio;
          ctx.beginPath();
          ctx.moveTo(x, u.valToPos(point.qpsLow, "y", true));
          ctx.lineTo(x, u.valToPos(point.qpsHigh, "y", true));
          ctx.stroke();
        } else if (!onFront.has(point)) {
          ctx.beginPath();
          ctx.arc(x, y, 2 * ratio, 0, 2 * Math.PI);
          ctx.fill();
        }
        if (point.isDefault) {
          ctx.globalAlpha = 1;
          ctx.lineWidth = 1.5 * ratio;
          ctx.beginPath();
          ctx.arc(x, y, 6.5 * ratio, 0, 2 * Math.PI);
          ctx.stroke();
        }
      }
    });
    ctx.restore();
  }

  function nearest(u, curves, x, y) {
    let best = null, least = NEAR_PIXELS;
    curves.forEach((curve, i) => {
      if (!u.series[i + 1].show) return;
      for (const point of curve.points) {
        const px = u.valToPos(place(point.recall), "x"), py = u.valToPos(point.qpsMedian, "y");
        const distance = Math.hypot(px - x, py - y);
        if (distance < least) [best, least] = [{ curve, point, px, py }, distance];
      }
    });
    return best;
  }

  /** Shows the figures of the point nearest to the pointer. */
  function attachTip(u, box, curves, describe) {
    const tip = document.createElement("div"), ring = document.createElement("div");
    tip.className = "tip";
    ring.className = "ring";
    tip.hidden = ring.hidden = true;
    u.over.append(ring, tip);
    const hide = () => { tip.hidden = ring.hidden = true; };
    const show = event => {
      const frame = u.over.getBoundingClientRect();
      const hit = nearest(u, curves, event.clientX - frame.left, event.clientY - frame.top);
      if (!hit) return hide();
      tip.replaceChildren(...describe(hit.curve, hit.point));
      tip.hidden = ring.hidden = false;
      ring.style.left = hit.px + "px";
      ring.style.top = hit.py + "px";
      const right = hit.px + 16 + tip.offsetWidth <= frame.width;
      const left = right ? hit.px + 16 : Math.max(4 - u.over.offsetLeft, hit.px - 16 - tip.offsetWidth);
      tip.style.left = left + "px";
      tip.style.top = Math.max(4, Math.min(hit.py - 20, frame.height - tip.offsetHeight - 4)) + "px";
    };
    u.over.addEventListener("pointermove", show);
    u.over.addEventListener("pointerdown", show);
    u.over.addEventListener("pointerleave", hide);
  }

  /** Draws the curves of a scenario into a box, and anew when its width changes. */
  function draw(box, scenario, styles, hidden, describe) {
    const curves = scenario.curves.filter(c => c.points.length).map(c => ({ ...c, front: front(c.points) }));
    if (!curves.length) return { setShown() {}, redraw() {} };
    const data = uPlot.join(curves.map(c => tables(c.front)));
    let u = null, width = 0;
    const make = () => {
      u?.destroy();
      u = new uPlot(options(curves, styles, hidden, width, u => extras(u, curves, styles)), data, box);
      attachTip(u, box, curves, describe);
    };
    new ResizeObserver(() => {
      if (box.clientWidth && box.clientWidth !== width) {
        width = box.clientWidth;
        requestAnimationFrame(make);
      }
    }).observe(box);
    return {
      setShown: (contender, shown) => u?.setSeries(1 + curves.findIndex(c => c.contender === contender), { show: shown }),
      redraw: () => u?.redraw(),
    };
  }

  /** Draws recall by round into a box, and anew when its width changes. */
  function drawRounds(box, decays, styles) {
    const rounds = [...new Set(decays.flatMap(d => d.rounds.map(r => r.round)))].sort((a, b) => a - b);
    const data = [rounds, ...decays.map(d => rounds.map(round => d.rounds.find(r => r.round === round)?.recall ?? null))];
    const recalls = data.slice(1).flat().filter(recall => recall !== null);
    const low = Math.max(0, Math.min(...recalls) - 0.01), axis = { stroke: () => css("--quiet"), grid: { stroke: () => css("--grid"), width: 1 }, ticks: { stroke: () => css("--grid"), width: 1 }, font: "12px system-ui, sans-serif", labelFont: "12px system-ui, sans-serif" };
    let u = null, width = 0;
    const make = () => {
      u?.destroy();
      u = new uPlot({
        width, height: width < 560 ? 260 : 320, padding: [12, 14, 0, 0], legend: { show: false },
        cursor: { drag: { x: false, y: false }, points: { show: false } },
        scales: { x: { time: false }, y: { range: [low, 1] } },
        axes: [{ ...axis, label: "round", labelSize: 22, size: 34 }, { ...axis, label: "recall", labelSize: 22, size: 56 }],
        series: [{}, ...decays.map(({ contender }) => {
          const { color, dash, family } = styles.get(contender);
          return { label: contender, stroke: color, dash, width: family === "OURS" ? 2.6 : 1.6, points: { show: false } };
        })],
      }, data, box);
    };
    new ResizeObserver(() => {
      if (box.clientWidth && box.clientWidth !== width) {
        width = box.clientWidth;
        requestAnimationFrame(make);
      }
    }).observe(box);
    return { setShown() {}, redraw: () => u?.redraw() };
  }

  /** Two points of one recall cannot both be in a table of uPlot; the front has only one. */
  const tables = points => [points.map(p => place(p.recall)), points.map(p => p.qpsMedian)];

  return { draw, drawRounds, styles, front };
})();
