package dev.insitu.device;

import dev.insitu.elastic.Signatures.Trust;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The models of one directory on this device. Thread-safe.
 *
 * <pre>{@code
 * try (Insitu insitu = Insitu.open(directory, URI.create("https://edge"), Trust.keys(pinned))) {
 *   Model model = insitu.model("shapes").pull();
 *   Map<String, Tensor> answer = model.run(Map.of("image", Tensor.of(pixels, 1, 3, 32, 32)));
 * }
 * }</pre>
 */
public final class Insitu implements AutoCloseable {

  private final DeviceContext device;
  private final Map<String, Model> models = new LinkedHashMap<>(); // guarded by this
  private boolean closed; // guarded by this

  private Insitu(DeviceContext device) {
    this.device = device;
  }

  /**
   * Opens a directory with the default options.
   *
   * @param directory made if it is not there
   * @param server asked for models
   * @param trust whose packages are believed
   * @throws DeviceException DIRECTORY_IN_USE if another process has it
   * @throws IOException if the directory cannot be used
   */
  public static Insitu open(Path directory, URI server, Trust trust) throws IOException {
    return open(DeviceOptions.builder(directory, server, trust).build());
  }

  /**
   * Opens a directory.
   *
   * @throws DeviceException DIRECTORY_IN_USE if another process has it
   * @throws IOException if the directory cannot be used
   */
  public static Insitu open(DeviceOptions options) throws IOException {
    return open(options, StoreGate.OPEN);
  }

  static Insitu open(DeviceOptions options, StoreGate gate) throws IOException {
    return new Insitu(new DeviceContext(options, gate));
  }

  /**
   * A model by its name. What is on the device can be run at once, whether the server can be
   * reached or not.
   *
   * @param name as in {@code shapes}, or {@code shapes:1.2} for a version that is to stay
   */
  public synchronized Model model(String name) throws IOException {
    if (closed) {
      throw new DeviceException(DeviceException.Reason.CLOSED, "The SDK was closed.");
    }
    ModelName parsed = ModelName.parse(name);
    Model known = models.get(parsed.toString());
    if (known != null) {
      return known;
    }
    Model model = new Model(device, parsed);
    model.load();
    models.put(parsed.toString(), model);
    return model;
  }

  /** The names of all models that are on the device or were opened. */
  public List<String> models() {
    return device.catalog.names();
  }

  /** Bytes on disk of chunks and weight files that stay when the process ends. */
  public long usedBytes() throws IOException {
    return device.catalog.usedBytes();
  }

  /** Bytes read from sockets, headers included; 0 if the transport does not count them. */
  public long socketBytes() {
    return device.transport.socketBytes();
  }

  /** Asks the transfer rule again: it may answer otherwise now. */
  public void rulesChanged() {
    opened().forEach(Model::wake);
  }

  /**
   * Leaves all connections and goes on over new ones: the device has another address or another
   * link.
   */
  public void networkChanged() {
    device.transport.reconnect();
    opened().forEach(Model::networkChanged);
  }

  private synchronized List<Model> opened() {
    return new ArrayList<>(models.values());
  }

  /** Ends all transfers and inferences, and lets go of the directory. What has arrived stays. */
  @Override
  public void close() throws IOException {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    opened().forEach(Model::close);
    device.close();
  }
}
