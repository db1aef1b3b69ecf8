// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it.fault;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FilterDirectory;
import org.apache.lucene.store.FilterIndexInput;
import org.apache.lucene.store.FilterIndexOutput;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.IndexOutput;

/**
 * A directory one of whose calls fails, as on a full disk or a broken one: creating, writing to and
 * closing a file, opening one, syncing, renaming. Counts what is open. Thread-safe.
 */
final class FaultyDirectory extends FilterDirectory {

  static final int NEVER = -1;

  private static final int FRAMES = 24;

  private final List<String> places = new ArrayList<>();
  private int failing = NEVER;
  private int calls = NEVER;
  private boolean failed;
  private int open;

  FaultyDirectory(Directory in) {
    super(in);
  }

  /**
   * Begins to count calls.
   *
   * @param call the one that fails, from 0; {@link #NEVER} for none
   */
  synchronized void arm(int call) {
    failing = call;
    calls = 0;
    failed = false;
    places.clear();
  }

  /** Ends counting; nothing fails any more. */
  synchronized void disarm() {
    calls = NEVER;
  }

  /** Returns where each call came from, since it was armed to fail never. */
  synchronized List<String> places() {
    return List.copyOf(places);
  }

  /** Returns whether the call has failed. */
  synchronized boolean hasFailed() {
    return failed;
  }

  /** Returns the files that are open. */
  synchronized int open() {
    return open;
  }

  private synchronized void call(String what) throws IOException {
    if (calls == NEVER) {
      return;
    }
    if (failing == NEVER) {
      places.add(what + place());
    }
    if (calls++ == failing) {
      failed = true;
      throw new IOException("no space left on device, at call " + failing);
    }
  }

  private static String place() {
    return Arrays.stream(new Throwable().getStackTrace())
        .filter(frame -> !frame.getClassName().startsWith(FaultyDirectory.class.getName()))
        .limit(FRAMES)
        .map(frame -> frame.getClassName() + ":" + frame.getLineNumber())
        .collect(Collectors.joining("<", " ", ""));
  }

  private synchronized void opened(int more) {
    open += more;
  }

  @Override
  public IndexOutput createOutput(String name, IOContext context) throws IOException {
    call("create");
    return new Output(super.createOutput(name, context));
  }

  @Override
  public IndexOutput createTempOutput(String prefix, String suffix, IOContext context)
      throws IOException {
    call("create");
    return new Output(super.createTempOutput(prefix, suffix, context));
  }

  @Override
  public IndexInput openInput(String name, IOContext context) throws IOException {
    IndexInput input;
    try {
      input = super.openInput(name, context);
    } catch (FileNotFoundException | NoSuchFileException e) {
      throw e; // no fault of the disk
    }
    try {
      call("open");
    } catch (IOException e) {
      input.close();
      throw e;
    }
    return new Input(input);
  }

  @Override
  public void sync(Collection<String> names) throws IOException {
    call("sync");
    super.sync(names);
  }

  @Override
  public void syncMetaData() throws IOException {
    call("sync");
    super.syncMetaData();
  }

  @Override
  public void rename(String source, String dest) throws IOException {
    call("rename");
    super.rename(source, dest);
  }

  private final class Output extends FilterIndexOutput {
    private boolean closed;

    Output(IndexOutput out) {
      super("faulty " + out, out.getName(), out);
      opened(1);
    }

    @Override
    public void writeByte(byte b) throws IOException {
      call("write");
      super.writeByte(b);
    }

    @Override
    public void writeBytes(byte[] b, int offset, int length) throws IOException {
      call("write");
      super.writeBytes(b, offset, length);
    }

    /** A file that cannot be written to its end is closed all the same. */
    @Override
    public void close() throws IOException {
      if (closed) {
        return;
      }
      closed = true;
      opened(-1);
      super.close();
      call("close");
    }
  }

  private final class Input extends FilterIndexInput {
    private boolean closed;

    Input(IndexInput in) {
      super("faulty " + in, in);
      opened(1);
    }

    @Override
    public IndexInput clone() {
      return in.clone();
    }

    @Override
    public void close() throws IOException {
      if (!closed) {
        closed = true;
        opened(-1);
        super.close();
      }
    }
  }
}
