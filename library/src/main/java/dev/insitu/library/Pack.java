package dev.insitu.library;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * One pack file and how many hold it. The store holds it until it is retired; its name goes then,
 * its bytes with the last reader. Safe for use by several threads.
 */
final class Pack {

  private final Path path;
  private final String name;
  private final long size;
  private @Nullable FileChannel channel;
  private int holds = 1;
  private boolean retired;

  Pack(Path path, String name, long size) {
    this.path = path;
    this.name = name;
    this.size = size;
  }

  Path path() {
    return path;
  }

  String name() {
    return name;
  }

  /** Bytes of the file. */
  long size() {
    return size;
  }

  /** Takes a hold; false if the pack has been retired. */
  synchronized boolean retain() throws IOException {
    if (retired) {
      return false;
    }
    channel(); // open while the file still has its name
    holds++;
    return true;
  }

  /**
   * The file; valid while a hold is taken. An interrupted reader may have closed it, so it is
   * opened again if need be.
   */
  synchronized FileChannel channel() throws IOException {
    FileChannel open = channel;
    if (open == null || !open.isOpen()) {
      open = FileChannel.open(path, StandardOpenOption.READ);
      channel = open;
    }
    return open;
  }

  synchronized void release() {
    holds--;
    if (holds == 0) {
      closeQuietly();
      if (retired) {
        deleteQuietly();
      }
    }
  }

  /** Ends the store's hold and removes the file's name. */
  void retire() {
    synchronized (this) {
      retired = true;
      deleteQuietly();
    }
    release();
  }

  private void deleteQuietly() {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      // some systems keep an open file's name: the last release tries again, and so does the next
      // sweep
    }
  }

  private void closeQuietly() {
    try {
      FileChannel open = channel;
      if (open != null) {
        open.close();
      }
    } catch (IOException e) {
      // it was only read
    }
  }
}
