// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.transport;

import io.grpc.netty.shaded.io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.grpc.netty.shaded.io.grpc.netty.InternalProtocolNegotiator.ProtocolNegotiator;
import io.grpc.netty.shaded.io.grpc.netty.InternalProtocolNegotiators;
import io.grpc.netty.shaded.io.netty.buffer.ByteBuf;
import io.grpc.netty.shaded.io.netty.channel.ChannelFutureListener;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandler;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.channel.ChannelInboundHandlerAdapter;
import io.grpc.netty.shaded.io.netty.channel.socket.DuplexChannel;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2Error;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2FrameTypes;
import io.grpc.netty.shaded.io.netty.util.AsciiString;
import io.grpc.netty.shaded.io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connections of clients, in plain text: so many at a time, so that descriptors are left for files.
 * One too many is told so (GOAWAY with the reason) and closed; the others do not notice.
 * Thread-safe.
 */
public final class Connections implements ProtocolNegotiator {

  private static final Logger LOG = LoggerFactory.getLogger(Connections.class);

  /** How long a refused client may take to read why. */
  private static final int LINGER_SECONDS = 2;

  /** How long a client has to begin its call between the two frames that it gets. */
  private static final int PREFACE_MILLIS = 200;

  /** Refused connections that may do so at a time; beyond that they are just closed. */
  private static final int MAX_LINGERING = 32;

  private static final int FRAME_HEAD_BYTES = 9;
  private static final int GO_AWAY_BYTES = 2 * Integer.BYTES;

  private final ProtocolNegotiator plainText = InternalProtocolNegotiators.serverPlaintext();
  private final int most;
  private final MessageLimits limits;
  private final AtomicInteger open = new AtomicInteger();
  private final AtomicInteger lingering = new AtomicInteger();

  /**
   * Creates it.
   *
   * @param most connections at a time
   * @param limits of the messages on them
   */
  public Connections(int most, MessageLimits limits) {
    this.most = most;
    this.limits = limits;
  }

  @Override
  public AsciiString scheme() {
    return plainText.scheme();
  }

  @Override
  public ChannelHandler newHandler(GrpcHttp2ConnectionHandler grpc) {
    return new Door(grpc);
  }

  @Override
  public void close() {
    plainText.close();
  }

  private static boolean enter(AtomicInteger count, int most) {
    return count.getAndUpdate(now -> now < most ? now + 1 : now) < most;
  }

  /** The first handler of a connection: makes way for gRPC's, or stays and sends it away. */
  private final class Door extends ChannelInboundHandlerAdapter {
    private final GrpcHttp2ConnectionHandler grpc;

    Door(GrpcHttp2ConnectionHandler grpc) {
      this.grpc = grpc;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
      if (enter(open, most)) {
        Future<?> _ = ctx.channel().closeFuture().addListener(_ -> open.decrementAndGet());
        MessageGuard.install(grpc, limits);
        ctx.pipeline().replace(this, null, plainText.newHandler(grpc));
      } else if (enter(lingering, MAX_LINGERING)) {
        Future<?> _ = ctx.channel().closeFuture().addListener(_ -> lingering.decrementAndGet());
        LOG.atWarn().addKeyValue("most", most).log("connection refused");
        refuse(ctx);
      } else {
        Future<?> _ = ctx.close();
      }
    }

    /**
     * Sends the server's preface, and a moment later the reason. A client that learnt both at once
     * would not have begun its call yet, and would try again at once and unseen.
     */
    private void refuse(ChannelHandlerContext ctx) {
      Future<?> _ = ctx.writeAndFlush(settings(ctx));
      Future<?> _ = ctx.executor().schedule(() -> end(ctx), PREFACE_MILLIS, TimeUnit.MILLISECONDS);
      Future<?> _ =
          ctx.executor().schedule((Runnable) ctx::close, LINGER_SECONDS, TimeUnit.SECONDS);
    }

    private void end(ChannelHandlerContext ctx) {
      String reason = "connections must be at most " + most + ", got: " + (most + 1);
      // Closed at once, with bytes of the client unread, it might never see these.
      ChannelFutureListener endOutput =
          sent -> {
            if (sent.isSuccess() && sent.channel() instanceof DuplexChannel duplex) {
              Future<?> _ = duplex.shutdownOutput();
            }
          };
      Future<?> _ = ctx.writeAndFlush(goAway(ctx, reason)).addListener(endOutput);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ReferenceCountUtil.release(message);
    }
  }

  /** The server's preface: an empty SETTINGS frame. */
  private static ByteBuf settings(ChannelHandlerContext ctx) {
    ByteBuf out = ctx.alloc().buffer(FRAME_HEAD_BYTES);
    return out.writeMedium(0).writeByte(Http2FrameTypes.SETTINGS).writeByte(0).writeInt(0);
  }

  private static ByteBuf goAway(ChannelHandlerContext ctx, String reason) {
    byte[] text = reason.getBytes(StandardCharsets.US_ASCII);
    ByteBuf out = ctx.alloc().buffer(FRAME_HEAD_BYTES + GO_AWAY_BYTES + text.length);
    out.writeMedium(GO_AWAY_BYTES + text.length);
    out.writeByte(Http2FrameTypes.GO_AWAY).writeByte(0).writeInt(0);
    out.writeInt(Integer.MAX_VALUE); // calls that have begun end with the connection
    out.writeInt((int) Http2Error.ENHANCE_YOUR_CALM.code());
    return out.writeBytes(text);
  }
}
