// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it.fault;

import java.util.ArrayList;
import java.util.List;

/** The fault of one direction of all connections, and the bytes that came. Thread-safe. */
final class Lane {

  private record Trigger(long at, Runnable action) {}

  private final List<Trigger> triggers = new ArrayList<>();
  private Fault fault = Fault.NONE;
  private long received;
  private int changes;

  /** The fault as of some change. */
  record Setting(Fault fault, int change) {}

  synchronized void set(Fault other) {
    fault = other;
    changes++;
    notifyAll();
  }

  synchronized long received() {
    return received;
  }

  synchronized void after(long bytes, Runnable action) {
    triggers.add(new Trigger(received + bytes, action));
  }

  /**
   * Notes that bytes have come in, and does what was to be done when they have.
   *
   * @return the fault that they meet
   */
  Setting receive(int bytes) {
    List<Trigger> due;
    synchronized (this) {
      received += bytes;
      due = triggers.stream().filter(trigger -> trigger.at <= received).toList();
      triggers.removeAll(due);
    }
    due.forEach(trigger -> trigger.action.run());
    return setting();
  }

  synchronized Setting setting() {
    return new Setting(fault, changes);
  }

  /**
   * Waits until the fault changes, the connection ends, or the time is over.
   *
   * @param limitMillis 0 for no limit
   */
  @SuppressWarnings("WaitNotInLoop") // a spurious wakeup only ends a pause early
  synchronized void pause(long limitMillis, Setting seen, Relay relay) throws InterruptedException {
    if (changes == seen.change && !relay.isClosed()) {
      wait(limitMillis);
    }
  }

  /** Ends all pauses. */
  synchronized void wake() {
    notifyAll();
  }
}
