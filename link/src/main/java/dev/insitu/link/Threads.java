package dev.insitu.link;

/** Makes the link's threads. */
final class Threads {
  private Threads() {}

  /** Work that ends early when its thread is interrupted. */
  @FunctionalInterface
  interface Work {
    void run() throws InterruptedException;
  }

  static Thread daemon(String name, Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            },
            name);
    thread.setDaemon(true);
    return thread;
  }
}
