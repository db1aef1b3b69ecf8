// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it.fault;

/**
 * Tells what each byte of an HTTP/2 connection belongs to, byte by byte.
 *
 * <p>Frames after RFC 9113, section 4.1: 24 bits of length, 8 of type, 8 of flags, 32 of stream;
 * section 3.4: a client begins with 24 bytes of preface. Not thread-safe; one per direction.
 */
final class Http2Bytes {

  /** What a byte belongs to. */
  enum Part {
    /** What a client begins with. */
    PREFACE,
    /** Length, type, flags and stream of a frame. */
    FRAME_HEADER,
    /** Payload of a DATA frame: gRPC messages. */
    DATA,
    /** Payload of any other frame. */
    OTHER
  }

  private static final int PREFACE_BYTES = 24;
  private static final int HEADER_BYTES = 9;
  private static final int TYPE_AT = 3;
  private static final int LENGTH_BYTES = 3;
  private static final int TYPE_DATA = 0;

  private int prefaceLeft;
  private int headerAt;
  private int length;
  private int type;
  private int payloadLeft;

  private Http2Bytes(int prefaceLeft) {
    this.prefaceLeft = prefaceLeft;
  }

  /** Returns a reader of what a client sends. */
  static Http2Bytes ofClient() {
    return new Http2Bytes(PREFACE_BYTES);
  }

  /** Returns a reader of what a server sends. */
  static Http2Bytes ofServer() {
    return new Http2Bytes(0);
  }

  /** Takes the next byte and tells what it belongs to. */
  Part next(byte value) {
    if (prefaceLeft > 0) {
      prefaceLeft--;
      return Part.PREFACE;
    }
    if (payloadLeft > 0) {
      payloadLeft--;
      return type == TYPE_DATA ? Part.DATA : Part.OTHER;
    }
    if (headerAt < LENGTH_BYTES) {
      length = (length << 8) | (value & 0xff);
    } else if (headerAt == TYPE_AT) {
      type = value;
    }
    if (++headerAt == HEADER_BYTES) {
      payloadLeft = length;
      headerAt = 0;
      length = 0;
    }
    return Part.FRAME_HEADER;
  }
}
