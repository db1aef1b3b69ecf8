// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.Set;
import java.util.zip.CRC32C;

/**
 * A file of a small head and a large body, both opaque. Stateless; whoever writes a file keeps
 * others from writing the same one.
 *
 * <p>Layout, big-endian: <b>[int]</b> magic, <b>[int]</b> version, <b>[int]</b> bytes of the head,
 * <b>[int]</b> bytes of the body, <b>[int]</b> CRC-32C of these four, the head, <b>[int]</b> its
 * CRC-32C, the body, <b>[int]</b> its CRC-32C, and nothing more.
 */
public final class RecordFile {

  /** Ending of a file that is being written; what is left of one after a crash may be deleted. */
  public static final String PART = ".part";

  private static final int MAGIC = 0x49564652; // IVFR
  private static final int VERSION = 1;
  private static final int PREFIX_BYTES = 5 * Integer.BYTES;

  private RecordFile() {}

  /**
   * What a file holds. Arrays are the receiver's own.
   *
   * @param head head
   * @param body body
   */
  @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
  public record Content(byte[] head, byte[] body) {}

  /**
   * Writes a file, or replaces it: after a crash there is the old one, the new one, or none.
   *
   * @throws NoRoomException if there is no room for it now
   * @throws IOException if it cannot be written; then a file that was there is untouched
   */
  public static void write(Path file, byte[] head, byte[] body) throws IOException {
    Path directory = Objects.requireNonNull(file.toAbsolutePath().getParent(), "parent");
    try {
      writeAndMove(file, head, body);
      syncDirectory(directory);
    } catch (NoRoomException e) {
      throw e;
    } catch (IOException e) {
      Shortage shortage = Shortage.of(e).orElse(null);
      if (shortage == null && !hasRoom(directory, length(head.length, body.length))) {
        shortage = Shortage.DISK; // in the words of another language
      }
      throw shortage == null ? e : new NoRoomException(shortage, e);
    }
  }

  /** Returns whether a file system has so many bytes left, as far as it can tell. */
  public static boolean hasRoom(Path directory, long bytes) {
    try {
      return Files.getFileStore(directory).getUsableSpace() >= bytes;
    } catch (IOException e) {
      return true; // whoever writes will see
    }
  }

  private static void writeAndMove(Path file, byte[] head, byte[] body) throws IOException {
    Path part = file.resolveSibling(file.getFileName() + PART);
    // What a crash left, or a link: the new file must be one of its own.
    Files.deleteIfExists(part);
    try {
      try (FileChannel channel =
          FileChannel.open(
              part,
              Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
              OwnerOnly.file(part))) {
        write(channel, prefix(head.length, body.length));
        write(channel, ByteBuffer.wrap(head));
        write(channel, checksum(head));
        write(channel, ByteBuffer.wrap(body));
        write(channel, checksum(body));
        channel.force(true);
      }
      move(part, file);
    } catch (IOException | RuntimeException e) {
      Files.deleteIfExists(part);
      throw e;
    }
  }

  private static void move(Path part, Path file) throws IOException {
    try {
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (AtomicMoveNotSupportedException e) {
      throw new IOException("data directory must be on a file system that moves atomically", e);
    }
  }

  /** Makes creations, moves and deletions in a directory lasting. */
  public static void syncDirectory(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /** Returns the bytes of a file. */
  public static long length(int headBytes, int bodyBytes) {
    return (long) PREFIX_BYTES + headBytes + bodyBytes + 2 * Integer.BYTES;
  }

  private static ByteBuffer prefix(int headBytes, int bodyBytes) {
    ByteBuffer prefix = ByteBuffer.allocate(PREFIX_BYTES);
    prefix.putInt(MAGIC).putInt(VERSION).putInt(headBytes).putInt(bodyBytes);
    return prefix.putInt(crc(prefix.array(), PREFIX_BYTES - Integer.BYTES)).flip();
  }

  private static ByteBuffer checksum(byte[] bytes) {
    return ByteBuffer.allocate(Integer.BYTES).putInt(crc(bytes, bytes.length)).flip();
  }

  private static int crc(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }

  private static void write(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  /**
   * Reads the head alone.
   *
   * @throws DamagedFileException if prefix or head are damaged, or the length is wrong
   */
  public static byte[] readHead(Path file) throws IOException {
    try (FileChannel channel = open(file)) {
      return readPart(channel, file, "head", readPrefix(channel, file).headBytes);
    }
  }

  /**
   * Reads a file.
   *
   * @throws DamagedFileException if anything of it is damaged
   */
  public static Content read(Path file) throws IOException {
    try (FileChannel channel = open(file)) {
      Prefix prefix = readPrefix(channel, file);
      byte[] head = readPart(channel, file, "head", prefix.headBytes);
      return new Content(head, readPart(channel, file, "body", prefix.bodyBytes));
    }
  }

  private static FileChannel open(Path file) throws IOException {
    return FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
  }

  private record Prefix(int headBytes, int bodyBytes) {}

  private static Prefix readPrefix(FileChannel channel, Path file) throws IOException {
    byte[] bytes = readBytes(channel, file, PREFIX_BYTES);
    ByteBuffer prefix = ByteBuffer.wrap(bytes);
    DamagedFileException.requireSame(file, "magic", MAGIC, prefix.getInt());
    DamagedFileException.requireSame(file, "version", VERSION, prefix.getInt());
    int headBytes = prefix.getInt();
    int bodyBytes = prefix.getInt();
    DamagedFileException.requireSame(
        file, "crc32c", crc(bytes, PREFIX_BYTES - Integer.BYTES), prefix.getInt());
    // Lengths are right now; nothing is allocated that the file does not have.
    DamagedFileException.requireSame(file, "length", length(headBytes, bodyBytes), channel.size());
    return new Prefix(headBytes, bodyBytes);
  }

  private static byte[] readPart(FileChannel channel, Path file, String name, int count)
      throws IOException {
    byte[] bytes = readBytes(channel, file, count);
    int crc = ByteBuffer.wrap(readBytes(channel, file, Integer.BYTES)).getInt();
    DamagedFileException.requireSame(file, "crc32c of " + name, crc(bytes, count), crc);
    return bytes;
  }

  private static byte[] readBytes(FileChannel channel, Path file, int count) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(count);
    while (bytes.hasRemaining()) {
      if (channel.read(bytes) < 0) {
        throw new DamagedFileException(file, "file ends too early");
      }
    }
    return bytes.array();
  }
}
