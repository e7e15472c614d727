package dev.insitu.cli;

import java.lang.reflect.Proxy;
import java.util.concurrent.CountDownLatch;

/**
 * The signals by which a server is told to end. Shutdown hooks all run at once, and that of ONNX
 * Runtime takes its threads away from inferences that still run, which crashes the process; so the
 * server has to be closed before the hooks begin.
 */
final class StopSignals {

  private StopSignals() {}

  /**
   * Counts the latch down when the process is told to end, instead of ending it.
   *
   * @return false if this Java platform does not let signals be handled
   */
  static boolean handle(CountDownLatch told) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal"); // no public interface has signals
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object counting =
          Proxy.newProxyInstance(
              handler.getClassLoader(),
              new Class<?>[] {handler},
              (proxy, method, arguments) -> {
                told.countDown();
                return null;
              });
      for (String name : new String[] {"TERM", "INT"}) {
        signal
            .getMethod("handle", signal, handler)
            .invoke(null, signal.getConstructor(String.class).newInstance(name), counting);
      }
      return true;
    } catch (ReflectiveOperationException | IllegalArgumentException e) {
      return false;
    }
  }
}
