// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.cli;

import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * SIGTERM and SIGINT: the first drains and exits with status 0, the second stops at once. A
 * shutdown hook cannot see the second one, nor choose the status, so this goes through the JDK's
 * {@code sun.misc.Signal} (module jdk.unsupported), by reflection, because the compiler warns about
 * the type itself. Without it a hook drains.
 */
final class TerminationSignal {

  /** What a shell reports for a process ended by SIGTERM. */
  private static final int STATUS_TERMINATED = 143;

  private static final Logger LOG = LoggerFactory.getLogger(TerminationSignal.class);

  private TerminationSignal() {}

  /** What is to be done before the process ends. */
  @FunctionalInterface
  interface Drain {
    void run() throws InterruptedException;
  }

  /** Installs the handlers. */
  static void onFirst(Drain drain) {
    AtomicInteger received = new AtomicInteger();
    Runnable onSignal =
        () -> {
          if (received.incrementAndGet() > 1) {
            Runtime.getRuntime().halt(STATUS_TERMINATED);
          }
          Thread thread = new Thread(() -> drainAndExit(drain), "ivf-drain");
          thread.start();
        };
    try {
      install("TERM", onSignal);
      install("INT", onSignal);
    } catch (ReflectiveOperationException e) {
      LOG.atWarn().setCause(e).log("no signal handlers; draining in a shutdown hook");
      Runtime.getRuntime().addShutdownHook(new Thread(() -> drainAndExit(drain), "ivf-drain"));
    }
  }

  private static void install(String name, Runnable onSignal) throws ReflectiveOperationException {
    Class<?> signal = Class.forName("sun.misc.Signal");
    Class<?> handler = Class.forName("sun.misc.SignalHandler");
    Object proxy =
        Proxy.newProxyInstance(
            TerminationSignal.class.getClassLoader(),
            new Class<?>[] {handler},
            (self, method, arguments) -> {
              if (method.getName().equals("handle")) {
                onSignal.run();
              }
              return null;
            });
    signal
        .getMethod("handle", signal, handler)
        .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
  }

  private static void drainAndExit(Drain drain) {
    int status = 0;
    try {
      drain.run();
    } catch (InterruptedException | RuntimeException | Error e) {
      LOG.atError().setCause(e).log("draining failed");
      status = 1;
    }
    Runtime.getRuntime().halt(status);
  }
}
