package dev.insitu.cli;

import dev.insitu.device.Insitu;
import dev.insitu.elastic.Signatures.Trust;
import dev.insitu.forge.Forge;
import dev.insitu.forge.ForgeOptions;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;

/**
 * What all parts of the demo share.
 *
 * @param directory for everything it makes
 * @param material the model and its quiz
 * @param options the first version was packed with
 * @param packed the first version
 * @param file of the first version
 * @param trust in the demo's own key
 * @param port of the server
 */
record DemoContext(
    Path directory,
    DemoMaterial material,
    ForgeOptions options,
    Forge.Result packed,
    Path file,
    Trust trust,
    int port) {

  URI server() {
    return URI.create("http://127.0.0.1:" + port);
  }

  /** A device that speaks to the server without a shaped link. */
  Insitu device(String name) throws IOException {
    return Insitu.open(directory.resolve(name), server(), trust);
  }
}
