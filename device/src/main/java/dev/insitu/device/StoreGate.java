package dev.insitu.device;

import java.io.IOException;

/**
 * What stands between the store and the disk: lets bytes through, or fails as disks and memory do.
 */
interface StoreGate {

  /** Lets everything through. */
  StoreGate OPEN = bytes -> bytes;

  /**
   * Asked before every write.
   *
   * @param bytes that are to be written
   * @return how many of them to write; the write fails after them if they are fewer
   */
  int allow(int bytes) throws IOException;

  /**
   * Asked before a chunk is read into memory.
   *
   * @param bytes of the chunk
   */
  default void read(int bytes) throws IOException {}
}
