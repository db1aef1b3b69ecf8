// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.transport;

import io.github.luceneivf.server.rpc.RequestException;
import io.github.luceneivf.server.rpc.StatusMapper;
import io.grpc.netty.shaded.io.netty.buffer.ByteBuf;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2Error;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2Exception;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2FrameListener;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2FrameListenerDecorator;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2Headers;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2Stream;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Refuses messages that are too long as soon as their length is known, so that nothing of them is
 * kept. gRPC would reset such a call once it has answered: its client learns no reason, and each
 * frame that is still on its way is answered by another reset, until there are so many that the
 * connection is closed for all its calls. Here the call ends with a status, as any other, and what
 * is on its way is thrown away; nor does a client that stops to send for that reason come nearer to
 * the end of its connection. Confined to the connection's event loop.
 */
final class MessageGuard extends Http2FrameListenerDecorator {

  /** How long a client may go on to send after its call has ended. */
  private static final int DRAIN_SECONDS = 10;

  /** How much of that is thrown away: more than any flow-control window, which it sends unasked. */
  private static final long DRAIN_BYTES = 64 << 20;

  private final Http2ConnectionHandler connection;
  private final MessageLimits limits;
  private final Map<Integer, IncomingMessages> byStream = new HashMap<>();

  private MessageGuard(
      Http2FrameListener listener, Http2ConnectionHandler connection, MessageLimits limits) {
    super(listener);
    this.connection = connection;
    this.limits = limits;
  }

  /** Looks after the messages of a connection from now on. */
  static void install(Http2ConnectionHandler connection, MessageLimits limits) {
    MessageGuard guard = new MessageGuard(connection.decoder().frameListener(), connection, limits);
    connection.decoder().frameListener(guard);
    connection
        .connection()
        .addListener(
            new Http2ConnectionAdapter() {
              @Override
              public void onStreamRemoved(Http2Stream stream) {
                guard.byStream.remove(stream.id());
              }
            });
  }

  @Override
  public void onHeadersRead(
      ChannelHandlerContext ctx, int streamId, Http2Headers headers, int padding, boolean end)
      throws Http2Exception {
    begin(streamId, headers);
    super.onHeadersRead(ctx, streamId, headers, padding, end);
  }

  @Override
  public void onHeadersRead(
      ChannelHandlerContext ctx,
      int streamId,
      Http2Headers headers,
      int dependency,
      short weight,
      boolean exclusive,
      int padding,
      boolean end)
      throws Http2Exception {
    begin(streamId, headers);
    super.onHeadersRead(ctx, streamId, headers, dependency, weight, exclusive, padding, end);
  }

  private void begin(int streamId, Http2Headers headers) {
    CharSequence path = headers.path();
    if (path != null) {
      byStream.putIfAbsent(streamId, new IncomingMessages(limits.of(path)));
    }
  }

  @Override
  public int onDataRead(
      ChannelHandlerContext ctx, int streamId, ByteBuf data, int padding, boolean end)
      throws Http2Exception {
    IncomingMessages messages = byStream.get(streamId);
    if (messages == null) {
      return super.onDataRead(ctx, streamId, data, padding, end);
    }
    int bytes = data.readableBytes() + padding;
    if (messages.isRefused()) {
      if (messages.drain(bytes) > DRAIN_BYTES) {
        reset(ctx, streamId);
      }
      return bytes;
    }
    long tooLong = messages.findTooLong(data);
    if (tooLong < 0) {
      return super.onDataRead(ctx, streamId, data, padding, end);
    }
    messages.refuse();
    refuse(ctx, streamId, messages.maxBytes(), tooLong);
    return bytes;
  }

  private void refuse(ChannelHandlerContext ctx, int streamId, int maxBytes, long bytes)
      throws Http2Exception {
    Http2Stream stream = connection.connection().stream(streamId);
    if (stream != null && stream.state().localSideOpen()) {
      RequestException refusal =
          RequestException.invalid("message must be at most " + maxBytes + " bytes, got: " + bytes);
      Http2Headers trailers = new DefaultHttp2Headers();
      if (!stream.isHeadersSent()) {
        trailers.status("200").set("content-type", "application/grpc");
      }
      trailers.setInt("grpc-status", StatusMapper.number(refusal));
      trailers.set("grpc-message", String.valueOf(refusal.getMessage()));
      Future<?> _ =
          connection.encoder().writeHeaders(ctx, streamId, trailers, 0, true, ctx.newPromise());
    }
    Future<?> _ =
        ctx.executor().schedule(() -> reset(ctx, streamId), DRAIN_SECONDS, TimeUnit.SECONDS);
    // The service hears of it as if the client had given up.
    super.onRstStreamRead(ctx, streamId, Http2Error.CANCEL.code());
  }

  /** Ends a stream whose client does not, although it was told. */
  private void reset(ChannelHandlerContext ctx, int streamId) {
    if (connection.connection().stream(streamId) != null) {
      Future<?> _ =
          connection
              .encoder()
              .writeRstStream(ctx, streamId, Http2Error.CANCEL.code(), ctx.newPromise());
      ctx.flush();
    }
  }

  /**
   * Hands resets on, but for those of calls that have ended: so a client says that it has read the
   * status and sends no more. gRPC would count it among those who begin calls only to give them up.
   */
  @Override
  public void onRstStreamRead(ChannelHandlerContext ctx, int streamId, long errorCode)
      throws Http2Exception {
    Http2Stream stream = connection.connection().stream(streamId);
    if (stream == null || stream.state().localSideOpen()) {
      super.onRstStreamRead(ctx, streamId, errorCode);
    }
  }
}
