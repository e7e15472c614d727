package dev.insitu.device;

import java.io.IOException;

/** The device's own disk failed, not the network. */
final class StorageException extends IOException {

  private static final long serialVersionUID = 1L;

  StorageException(IOException cause) {
    super(cause.getMessage(), cause);
  }

  /** Something done to the disk. */
  interface Work<T> {
    T run() throws IOException;
  }

  /** Does it, and gives a failure its name. */
  static <T> T guard(Work<T> work) throws StorageException {
    try {
      return work.run();
    } catch (StorageException e) {
      throw e;
    } catch (IOException e) {
      throw new StorageException(e);
    }
  }
}
