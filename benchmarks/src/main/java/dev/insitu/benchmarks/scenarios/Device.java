package dev.insitu.benchmarks.scenarios;

import dev.insitu.device.DeviceOptions;
import dev.insitu.device.Insitu;
import dev.insitu.device.Model;
import dev.insitu.device.ModelState;
import dev.insitu.elastic.Signatures.Trust;
import dev.insitu.elastic.plan.Wishes;
import java.io.IOException;
import java.nio.file.Path;

/** A device with a meter. */
final class Device implements AutoCloseable {

  private final Insitu insitu;
  private final Meter meter;
  private final Model model;

  /**
   * @param directory of the device; one that another device left is taken up
   * @param port of the server or of the link before it
   */
  Device(Path directory, int port, Trust trust, String model, Meter meter) throws IOException {
    this.meter = meter;
    this.insitu =
        Insitu.open(
            DeviceOptions.builder(directory, Line.url(port), trust)
                .transport(new MeteredTransport(meter))
                .build());
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
    ModelState state = pulled.whenDone().join();
    if (state instanceof ModelState.Failed failed) {
      throw new IOException("The pull failed: " + failed.message());
    }
  }

  @Override
  public void close() throws IOException {
    insitu.close();
  }
}
