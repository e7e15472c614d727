package dev.insitu.benchmarks.scenarios;

import dev.insitu.device.DeviceOptions;
import dev.insitu.device.Insitu;
import dev.insitu.device.Model;
import dev.insitu.device.ModelState;
import dev.insitu.elastic.Signatures.Trust;
import dev.insitu.elastic.plan.Wishes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A device with a meter. */
final class Device implements AutoCloseable {

  private static final int LIMIT_SECONDS = 600;

  private final Insitu insitu;
  private final Meter meter;
  private final Model model;

  /**
   * @param directory of the device; one that another device left is taken up
   * @param port of the server or of the link before it
   */
  Device(Path directory, int port, Trust trust, String model, Meter meter) throws IOException {
    this(
        DeviceOptions.builder(directory, Line.url(port), trust)
            .transport(new MeteredTransport(meter))
            .build(),
        model,
        meter);
  }

  /**
   * @param options whose transport counts into the meter
   */
  Device(DeviceOptions options, String model, Meter meter) throws IOException {
    this.meter = meter;
    this.insitu = Insitu.open(options);
    this.model = insitu.model(model);
  }

  Model model() {
    return model;
  }

  Meter.Reading reading() {
    meter.sockets(insitu.socketBytes());
    return meter.reading();
  }

  /**
   * Pulls and waits for the end.
   *
   * @throws IOException if it failed
   */
  Device pull(Wishes wishes) throws IOException {
    await(model.pull(wishes));
    return this;
  }

  static void await(Model pulled) throws IOException {
    ModelState state;
    try {
      state = pulled.whenDone().get(LIMIT_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new IOException(
          "The pull did not end in " + LIMIT_SECONDS + " s: " + pulled.progress(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("The pull was interrupted.", e);
    } catch (ExecutionException e) {
      throw new IOException("The pull failed: " + e.getCause(), e);
    }
    if (state instanceof ModelState.Failed failed) {
      throw new IOException("The pull failed: " + failed.message());
    }
  }

  @Override
  public void close() throws IOException {
    insitu.close();
  }
}
