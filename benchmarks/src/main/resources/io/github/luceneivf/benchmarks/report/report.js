"use strict";
/* Builds the page from the figures. Text is only ever set as text. */
(() => {
  const { report, families, recalls, targets } = JSON.parse(document.getElementById("figures").textContent);
  const charts = [];

  function el(tag, attributes = {}, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
      else if (value != null) node.setAttribute(name, value);
    }
    node.append(...children.filter(child => child != null));
    return node;
  }

  const number = (value, digits = 0) => value == null ? "–" : value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
  const bytes = value => value == null || value === 0 ? "–" : value >= 1e9 ? number(value / 1e9, 2) + " GB" : value >= 1e6 ? number(value / 1e6, 1) + " MB" : value >= 1e3 ? number(value / 1e3, 1) + " kB" : number(value) + " B";
  const perQuery = value => value == null ? "–" : value < 1 ? "0 B" : bytes(value);
  const times = value => value == null ? "–" : number(value, value < 10 ? 2 : 1) + "×";
  const slug = text => text.toLowerCase().replace(/[^a-z0-9]+/g, "-");
  const METRICS = { EUCLIDEAN: "Euclidean distance", COSINE: "cosine", INNER_PRODUCT: "inner product" };

  const rowsOf = (set, scenario) => targets.filter(t => t.dataSet === set.name && t.scenario === scenario.name);
  const fastest = (rows, recall, ours) => rows.find(t => t.target === recall && (t.family === "OURS") === ours);

  function machine() {
    const { cpu, cores, memoryBytes, system, java, kernel, versions, time } = report.machine;
    return [`${cpu}, ${cores} cores, ${number(memoryBytes / 2 ** 30)} GiB`, system, `Java ${java}`, kernel, ...versions, time.replace("T", " ").replace("Z", " UTC")].join(" · ");
  }

  /** The best of ours against the best peer, for the first scenario of each data set. */
  function tiles() {
    const tiles = report.dataSets.filter(set => set.scenarios.length).map(set => {
      const scenario = set.scenarios[0], rows = rowsOf(set, scenario);
      return el("div", { class: "card tile" },
        el("div", {}, el("b", {}, set.name), el("span", { class: "quiet" }, ` ${scenario.name}, ours against the best peer`)),
        el("div", { class: "numbers" }, ...recalls.map(recall => tileNumber(recall, fastest(rows, recall, true), fastest(rows, recall, false)))));
    });
    return el("div", { class: "tiles" }, ...tiles);
  }

  function tileNumber(recall, ours, peer) {
    const ratio = ours && peer ? ours.point.qpsMedian / peer.point.qpsMedian : null;
    return el("div", {},
      el("div", { class: "quiet" }, `recall ${recall.toFixed(2)}`),
      el("div", { class: "number " + (ratio == null ? "" : ratio >= 1 ? "good" : "bad") }, ratio == null ? "–" : times(ratio)),
      el("div", { class: "quiet" }, ours ? `${number(ours.point.qpsMedian)} QPS` : "not reached"),
      el("div", { class: "quiet" }, peer ? `${number(peer.point.qpsMedian)} ${peer.contender}` : "no peer reaches it"));
  }

  const dot = style => el("span", { class: "dot", style: `background:${style?.color ?? "transparent"}` });

  function targetTable(set, scenario, styles) {
    const rows = rowsOf(set, scenario);
    const at = (contender, recall) => rows.find(t => t.contender === contender && t.target === recall);
    const speed = contender => recalls.map(r => at(contender, r)?.point.qpsMedian ?? 0);
    const order = scenario.curves.map(c => c.contender).sort((a, b) => {
      const x = speed(a), y = speed(b), middle = Math.floor(recalls.length / 2);
      return y[middle] - x[middle] || y[0] - x[0];
    });
    return el("div", { class: "scroll" }, el("table", {},
      el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "queries per second at recall"), ...recalls.map(r => el("th", { scope: "col" }, r.toFixed(2))))),
      el("tbody", {}, ...order.map(name => el("tr", { class: styles.get(name).family === "OURS" ? "ours" : null },
        el("td", {}, dot(styles.get(name)), name),
        ...recalls.map(recall => {
          const row = at(name, recall);
          if (!row) return el("td", {}, "–");
          const { qpsMedian, recall: reached, settings } = row.point, ratio = row.ratioToBestPeer;
          return el("td", {}, number(qpsMedian), " ", el("span", { class: "ratio " + (ratio >= 1 ? "good" : "bad") }, times(ratio)), el("small", { title: settings }, reached.toFixed(3), el("span", { class: "wide" }, " · " + settings)));
        }))))));
  }

  function detailTable(set, scenario, styles) {
    const rows = rowsOf(set, scenario);
    const shown = recalls.flatMap(recall => rows.filter(t => t.target === recall));
    if (!shown.length) return null;
    const columns = [
      ["recall", t => t.target.toFixed(2)], ["QPS low – high", t => `${number(t.point.qpsLow)} – ${number(t.point.qpsHigh)}`],
      ["QPS by wall clock", t => number(t.point.wallQpsMedian)], ["p50 µs", t => number(t.point.p50Micros, 1)], ["p99 µs", t => number(t.point.p99Micros, 1)],
      ["heap per query", t => perQuery(t.point.allocatedBytesPerQuery)], ["visited", t => number(t.point.visitedPerQuery)], ["read per query", t => perQuery(t.point.readBytesPerQuery)],
    ];
    return el("details", {}, el("summary", {}, "Spread, latency, memory and reads"), el("div", { class: "scroll" }, el("table", {},
      el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "contender"), ...columns.map(([title]) => el("th", { scope: "col" }, title)))),
      el("tbody", {}, ...shown.map(t => el("tr", { class: t.family === "OURS" ? "ours" : null }, el("td", {}, dot(styles.get(t.contender)), t.contender), ...columns.map(([, text]) => el("td", {}, text(t)))))))));
  }

  function describe(curve, point) {
    const rows = [
      ["recall", point.recall.toFixed(4)],
      ["queries/s", number(point.qpsMedian) + (point.qpsLow == null ? "" : ` (${number(point.qpsLow)} – ${number(point.qpsHigh)})`)],
      ["p50, p99", point.p99Micros == null ? null : `${number(point.p50Micros, 1)}, ${number(point.p99Micros, 1)} µs`],
      ["visited", point.visitedPerQuery == null ? null : number(point.visitedPerQuery)],
      ["heap/query", point.allocatedBytesPerQuery == null ? null : perQuery(point.allocatedBytesPerQuery)],
      ["read/query", point.readBytesPerQuery == null ? null : perQuery(point.readBytesPerQuery)],
    ].filter(([, value]) => value != null);
    return [el("b", {}, curve.contender), el("span", {}, point.settings + (point.isDefault ? " (default)" : "")), el("dl", {}, ...rows.flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]))];
  }

  function swatch({ color, dash, family }) {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("viewBox", "0 0 32 14");
    const line = document.createElementNS(svg.namespaceURI, "path"), point = document.createElementNS(svg.namespaceURI, "circle");
    for (const [name, value] of Object.entries({ d: "M1 7h30", stroke: color, "stroke-width": family === "OURS" ? 3.5 : 2.2, "stroke-dasharray": dash.join(" ") })) line.setAttribute(name, value);
    for (const [name, value] of Object.entries({ cx: 16, cy: 7, r: family === "OURS" ? 4.5 : 4, fill: color })) point.setAttribute(name, value);
    svg.append(line, point);
    return svg;
  }

  /** One button a curve, in groups by family; a double click shows that curve alone. */
  function legend(scenario, styles, hidden, chart) {
    const buttons = new Map();
    const set = (contender, shown) => {
      shown ? hidden.delete(contender) : hidden.add(contender);
      buttons.get(contender).setAttribute("aria-pressed", shown);
      chart.setShown(contender, shown);
    };
    const all = scenario.curves.map(c => c.contender);
    for (const contender of all) {
      buttons.set(contender, el("button", {
        type: "button", "aria-pressed": !hidden.has(contender), title: "Click: show or hide. Double click: only this one.",
        onclick: () => set(contender, hidden.has(contender)),
        ondblclick: () => {
          const alone = all.every(other => other === contender || hidden.has(other));
          all.forEach(other => set(other, alone || other === contender));
        },
      }, swatch(styles.get(contender)), contender));
    }
    const groups = Object.keys(families).map(family => scenario.curves.filter(c => c.family === family).map(c => buttons.get(c.contender))).filter(group => group.length);
    return el("div", { class: "legend" }, ...groups.map(group => el("div", {}, ...group)));
  }

  function scenarioCard(set, scenario, styles) {
    const hidden = new Set();
    const box = el("div", { class: "chart", role: "img", "aria-label": `Recall against queries per second, ${set.name}, ${scenario.name}; the table below has the figures` });
    const chart = Charts.draw(box, scenario, styles, hidden, describe);
    charts.push(chart);
    return el("section", { class: "card", id: `${slug(set.name)}-${slug(scenario.name)}` },
      el("h3", {}, scenario.name), box, legend(scenario, styles, hidden, chart),
      el("h4", {}, "Fastest way to a recall"), targetTable(set, scenario, styles), detailTable(set, scenario, styles));
  }

  const FILES = ["#1a66e0", "#e8710a", "#2e8b3d", "#9c36d6", "#d93025", "#00a3a3", "#b8860b", "#d0248c", "#5b6675", "#7da52a", "#7a3fb0", "#a8452a"];
  const VECTORS = ["vec", "vemf"];

  function buildCard(set) {
    if (!set.builds.length) return null;
    const sum = (build, wanted) => Object.entries(build.bytesByExtension).filter(([name]) => wanted(name)).reduce((total, [, size]) => total + size, 0);
    const structure = build => sum(build, name => !VECTORS.includes(name)), total = build => sum(build, () => true);
    const columns = [
      ["build s", b => number(b.seconds, 1)], ["CPU s", b => number(b.cpuSeconds, 1)], ["force merge s", b => number(b.forceMergeSeconds, 1)],
      ["heap peak", b => bytes(b.heapPeakBytes)], ["index without vectors", b => bytes(structure(b))], ["all files", b => bytes(total(b))],
    ];
    return el("section", { class: "card", id: `${slug(set.name)}-indexes` }, el("h3", {}, "indexes"), figureTable(set.builds, columns),
      bars(set.builds, structure));
  }

  /** A line for each contender, a column for each title and what it shows. */
  function figureTable(rows, columns) {
    return el("div", { class: "scroll" }, el("table", {},
      el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "index"), ...columns.map(([title]) => el("th", { scope: "col" }, title)))),
      el("tbody", {}, ...rows.map(row => el("tr", {}, el("td", {}, row.contender), ...columns.map(([, text]) => el("td", {}, text(row))))))));
  }

  function openingCard(set) {
    if (!set.openings.length) return null;
    const columns = [
      ["open", o => number(o.openMillis, 2)], ["query 1", o => number(o.firstMillis, 2)], ["2–10", o => number(o.next9Millis, 2)],
      ["11–100", o => number(o.next90Millis, 2)], ["101–1000", o => number(o.next900Millis, 2)],
      ["reopen", o => number(o.reopenMillis, 2)], ["query 1", o => number(o.reopenFirstMillis, 2)],
    ];
    return el("section", { class: "card", id: `${slug(set.name)}-opening` }, el("h3", {}, "just opened"),
      el("p", { class: "quiet" }, "Milliseconds by the clock on the wall, in a process just started; pages in memory, nothing set."), figureTable(set.openings, columns));
  }

  function mergeCard(set) {
    if (!set.merges.length) return null;
    const floor = set.merges.find(m => m.family === "EXACT");
    const against = (figure, text) => m => text(figure(m)) + (floor && m !== floor ? ` · ${times(figure(m) / figure(floor))}` : "");
    const seconds = value => number(value, 2);
    const columns = [
      ["flush s", against(m => m.flushSeconds, seconds)], ["flush CPU s", against(m => m.flushCpuSeconds, seconds)],
      ["merge s", against(m => m.mergeSeconds, seconds)], ["merge CPU s", against(m => m.mergeCpuSeconds, seconds)],
      ["written by the merge", against(m => m.mergeWrittenBytes, bytes)], ["learnt in s", m => number(m.learnSeconds, 1)], ["heap peak of merges", m => bytes(m.mergeHeapBytes)],
    ];
    return el("section", { class: "card", id: `${slug(set.name)}-merging` }, el("h3", {}, "merging"),
      el("p", { class: "quiet" }, "Ten flushes and a forced merge of an index that knows its rows already; × the index of vectors only. CPU time is that of the thread at work."), figureTable(set.merges, columns));
  }

  function trafficCard(set) {
    if (!set.traffic.length) return null;
    const columns = [
      ["trained by", t => t.trainedBy], ["idle p50 µs", t => number(t.idleP50Micros)], ["idle p99 µs", t => number(t.idleP99Micros)],
      ["merging p50 µs", t => number(t.mergingP50Micros)],
      ["merging p99 µs", t => `${number(t.mergingP99Micros)} · ${times(t.mergingP99Micros / t.idleP99Micros)}`],
      ["slow per merge", t => number(t.slowPerMerge, 1)],
      ["merge s", t => number(t.mergeSeconds, 1)],
    ];
    return el("section", { class: "card", id: `${slug(set.name)}-traffic` }, el("h3", {}, "search beside a merge"),
      el("p", { class: "quiet" }, "A process with one core searches 200 times a second, idle and while ten segments are merged and a codebook is trained; times from when a query was due, × idle."), figureTable(set.traffic, columns));
  }

  function abortCard(set) {
    if (!set.aborts.length) return null;
    const columns = [
      ["trained by", a => a.trainedBy], ["given up while", a => a.phase], ["times", a => number(a.aborts)],
      ["p50 ms", a => number(a.p50Millis, 1)], ["max ms", a => number(a.maxMillis, 1)],
    ];
    return el("section", { class: "card", id: `${slug(set.name)}-abort` }, el("h3", {}, "merges given up"),
      el("p", { class: "quiet" }, "Ten segments are merged into one, and the writer is rolled back, or closed without a commit, at moments spread over the merge: milliseconds by the clock on the wall until it had given up."), figureTable(set.aborts, columns));
  }

  function decayCard(set) {
    if (!set.decays.length) return null;
    const styles = Charts.styles(set.decays), box = el("div", { class: "chart", role: "img", "aria-label": `Recall by round, ${set.name}; the table below has the figures` });
    const last = d => d.rounds[d.rounds.length - 1], mean = (d, figure) => d.rounds.slice(1).reduce((sum, r) => sum + figure(r), 0) / (d.rounds.length - 1);
    const columns = [
      ["before", d => number(d.rounds[0].recall, 4)], ["after all rounds", d => number(last(d).recall, 4)],
      ["change", d => number(last(d).recall - d.rounds[0].recall, 4)], ["lowest", d => number(Math.min(...d.rounds.map(r => r.recall)), 4)],
      ["merge s", d => number(mean(d, r => r.mergeSeconds), 2)], ["query µs", d => number(mean(d, r => r.micros))],
    ];
    charts.push(Charts.drawRounds(box, set.decays, styles));
    return el("section", { class: "card", id: `${slug(set.name)}-decay` }, el("h3", {}, "an index that changes"),
      el("p", { class: "quiet" }, "Recall@10 after rounds of 1 % deletes, 1 % inserts and a merge into one segment, nothing set."), box,
      el("div", { class: "legend" }, el("div", {}, ...set.decays.map(d => el("span", {}, swatch(styles.get(d.contender)), d.contender)))), figureTable(set.decays, columns));
  }

  /** A table for each index: a line for each filter, in it ours with nothing set and the fastest of each kind of peer. */
  function filterCard(set) {
    if (!set.filters.length) return null;
    const same = (a, b) => a.index === b.index && a.filter === b.filter && a.cached === b.cached;
    const ours = set.filters.filter(f => f.family === "OURS");
    const peers = Object.keys(families).filter(family => family !== "OURS" && set.filters.some(f => f.family === family));
    const best = (line, wanted) => set.filters.filter(f => same(f, line) && wanted(f)).sort((a, b) => b.qpsMedian - a.qpsMedian)[0];
    const ratio = line => {
      const peer = best(line, f => f.family !== "OURS");
      return peer ? line.qpsMedian / peer.qpsMedian : null;
    };
    const columns = [
      ["matches", f => number(f.matches)], ["recall", f => f.recall.toFixed(3)], ["5 %", f => f.recall5.toFixed(2)], ["too few hits", f => number(100 * f.shortShare, 1) + " %"],
      ["queries/s", f => `${number(f.qpsMedian)} · ${times(f.costToNone)}`],
      ...peers.map(family => [families[family], line => {
        const peer = best(line, f => f.family === family);
        return peer ? `${number(peer.qpsMedian)} · ${times(peer.costToNone)}` : "–";
      }]),
      ["× best peer", f => times(ratio(f))],
    ];
    const named = f => ({ ...f, contender: `${f.contender}, ${f.filter}${f.cached ? ", cached" : ""}` });
    return el("section", { class: "card", id: `${slug(set.name)}-filters` }, el("h3", {}, "filters"),
      el("p", { class: "quiet" }, "Ours with nothing set, peers with the fastest setting of recall .95; queries per second of CPU time · × the time without a filter. 5 %: recall of the 5th percentile of queries."),
      ...[...new Set(ours.map(f => f.index))].flatMap(index => [el("h4", {}, index), figureTable(ours.filter(f => f.index === index).map(named), columns)]));
  }

  function failureCard(set) {
    if (!set.failures.length) return null;
    return el("section", { class: "card" }, el("h3", {}, "failed"), ...set.failures.map(failure => el("p", {}, failure)));
  }

  /** Bytes on disk by file, without the vectors that every index keeps. */
  function bars(builds, structure) {
    const extensions = [...new Set(builds.flatMap(b => Object.keys(b.bytesByExtension)))].filter(name => !VECTORS.includes(name));
    const biggest = name => Math.max(...builds.map(b => b.bytesByExtension[name] ?? 0));
    extensions.sort((a, b) => biggest(b) - biggest(a));
    const most = Math.max(...builds.map(structure));
    if (!(most > 0)) return null;
    const color = name => FILES[extensions.indexOf(name) % FILES.length];
    const lines = builds.flatMap(build => [
      el("span", {}, build.contender),
      el("span", { class: "size" }, bytes(structure(build))),
      el("div", { class: "bar" }, ...extensions.filter(name => build.bytesByExtension[name]).map(name => el("i", { style: `width:${100 * build.bytesByExtension[name] / most}%;background:${color(name)}`, title: `.${name} ${bytes(build.bytesByExtension[name])}` }))),
    ]);
    const key = extensions.filter(name => biggest(name) > most / 200).map(name => el("span", {}, dot({ color: color(name) }), "." + name));
    return el("div", {}, el("h4", {}, "On disk without the vectors themselves"), el("div", { class: "bars" }, ...lines), el("div", { class: "key" }, ...key));
  }

  function dataSetSection(set) {
    const styles = Charts.styles(set.scenarios.flatMap(s => s.curves));
    return el("section", { id: slug(set.name) }, el("h2", {}, set.name),
      el("p", { class: "quiet" }, `${number(set.vectors)} vectors, ${number(set.dim)} dimensions, ${METRICS[set.metric] ?? set.metric}, ${number(set.queries)} queries`), scenarioLinks(set),
      ...set.scenarios.map(scenario => scenarioCard(set, scenario, styles)), buildCard(set), openingCard(set), mergeCard(set), trafficCard(set), abortCard(set), decayCard(set), filterCard(set), failureCard(set));
  }

  function contents() {
    return report.dataSets.map(set => el("a", { href: "#" + slug(set.name) }, set.name));
  }

  function scenarioLinks(set) {
    const links = set.scenarios.map(s => el("a", { href: `#${slug(set.name)}-${slug(s.name)}` }, s.name));
    if (set.builds.length) links.push(el("a", { href: `#${slug(set.name)}-indexes` }, "indexes"));
    if (set.openings.length) links.push(el("a", { href: `#${slug(set.name)}-opening` }, "just opened"));
    if (set.merges.length) links.push(el("a", { href: `#${slug(set.name)}-merging` }, "merging"));
    if (set.traffic.length) links.push(el("a", { href: `#${slug(set.name)}-traffic` }, "search beside a merge"));
    if (set.aborts.length) links.push(el("a", { href: `#${slug(set.name)}-abort` }, "merges given up"));
    if (set.decays.length) links.push(el("a", { href: `#${slug(set.name)}-decay` }, "an index that changes"));
    if (set.filters.length) links.push(el("a", { href: `#${slug(set.name)}-filters` }, "filters"));
    return el("div", { class: "chips" }, ...links);
  }

  function theme(dark) {
    document.documentElement.dataset.theme = dark ? "dark" : "light";
    charts.forEach(chart => chart.redraw());
  }
  const preference = matchMedia("(prefers-color-scheme: dark)");
  theme(preference.matches);
  preference.addEventListener("change", () => theme(preference.matches));
  document.getElementById("theme").addEventListener("click", () => theme(document.documentElement.dataset.theme !== "dark"));

  document.getElementById("machine").textContent = machine();
  document.getElementById("contents").append(...contents());
  document.getElementById("report").replaceChildren(tiles(), ...report.dataSets.map(dataSetSection));
})();
