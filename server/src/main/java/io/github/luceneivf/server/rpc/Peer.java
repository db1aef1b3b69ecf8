// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.rpc;

import io.grpc.Attributes;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerTransportFilter;
import java.util.HashMap;
import java.util.Map;

/** One connection, and how much of what is limited its calls have. Thread-safe. */
public final class Peer {

  private static final Attributes.Key<Peer> OF_CONNECTION = Attributes.Key.create("ivf-peer");
  private static final Context.Key<Peer> OF_CALL = Context.key("ivf-peer");

  private final Map<Object, Integer> taken = new HashMap<>();

  /** Creates a connection that has nothing. */
  Peer() {}

  /** Returns the connection of the present call; a new one outside of calls. */
  public static Peer current() {
    Peer peer = OF_CALL.get();
    return peer == null ? new Peer() : peer;
  }

  /** Takes one more of something, unless there are so many. */
  synchronized boolean take(Object what, int most) {
    int now = taken.getOrDefault(what, 0);
    if (now >= most) {
      return false;
    }
    taken.put(what, now + 1);
    return true;
  }

  /** Gives one back. */
  synchronized void giveBack(Object what) {
    taken.computeIfPresent(what, (_, now) -> now == 1 ? null : now - 1);
  }

  /** Gives each connection its {@link Peer}. */
  public static final class Connections extends ServerTransportFilter {
    /** Creates it. */
    public Connections() {}

    @Override
    public Attributes transportReady(Attributes attributes) {
      return attributes.toBuilder().set(OF_CONNECTION, new Peer()).build();
    }
  }

  /** Tells each call its {@link Peer}. */
  public static final class Calls implements ServerInterceptor {
    /** Creates it. */
    public Calls() {}

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
      Peer peer = call.getAttributes().get(OF_CONNECTION);
      if (peer == null) {
        return next.startCall(call, headers);
      }
      Context context = Context.current().withValue(OF_CALL, peer);
      return Contexts.interceptCall(context, call, headers, next);
    }
  }
}
