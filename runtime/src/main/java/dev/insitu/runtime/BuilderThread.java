package dev.insitu.runtime;

import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The thread that builds for all models that were given no other: one, of low priority. */
final class BuilderThread {

  private static final long IDLE_SECONDS = 10;

  private static final ScheduledThreadPoolExecutor SHARED = create();

  private BuilderThread() {}

  static ScheduledExecutorService shared() {
    return SHARED;
  }

  @SuppressWarnings("ThreadPriorityCheck") // a wish, where the system grants it
  private static ScheduledThreadPoolExecutor create() {
    ScheduledThreadPoolExecutor executor =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "insitu-builder");
              thread.setDaemon(true);
              thread.setPriority(Thread.MIN_PRIORITY);
              return thread;
            });
    executor.setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS);
    executor.allowCoreThreadTimeOut(true);
    executor.setRemoveOnCancelPolicy(true);
    return executor;
  }
}
