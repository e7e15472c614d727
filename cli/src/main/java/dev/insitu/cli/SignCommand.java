package dev.insitu.cli;

import dev.insitu.elastic.PackageFile;
import dev.insitu.elastic.PackageWriter;
import dev.insitu.elastic.Signatures.Signed;
import dev.insitu.elastic.Signatures.Trust;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code insitu sign}: adds a signature to a package. */
@Command(
    name = "sign",
    mixinStandardHelpOptions = true,
    description =
        "Adds your signature to a package; signatures of others stay, so keys can be rotated.",
    footerHeading = "%nExample:%n",
    footer = "  insitu sign resnet.insitu")
final class SignCommand implements Callable<Integer> {

  @Mixin private Console console;

  @Parameters(paramLabel = "PACKAGE.insitu", description = "The package.")
  private Path file;

  @Option(
      names = "--key-file",
      paramLabel = "KEY.pem",
      description =
          "Ed25519 private key (PKCS 8) with the public key in KEY.pub beside it; by default yours.")
  private @Nullable Path keyFile;

  @Override
  public Integer call() throws IOException {
    Keys.Signer signer =
        keyFile == null
            ? Keys.ofUser().signer()
            : Keys.read(keyFile, Path.of(keyFile.toString().replaceAll("\\.pem$", ".pub")));
    try (PackageFile opened = PackageFile.open(file, Trust.anybody())) {
      if (opened.chunksPresent() < opened.manifest().chunks().size()) {
        throw new CliException(
            file
                + " holds only "
                + opened.chunksPresent()
                + " of "
                + opened.manifest().chunks().size()
                + " chunks; it is not signed.");
      }
      List<Signed> signatures = new ArrayList<>(opened.signatures());
      signatures.removeIf(signed -> signed.key().equals(signer.publicKey()));
      signatures.add(signer.sign(opened.digest()));
      PackageWriter.write(file, opened.manifestBytes(), signatures, opened.profile(), opened);
      String key = signer.publicKey().hex();
      console.print(
          Map.of("digest", opened.digest().hex(), "key", key),
          "signed " + opened.digest().brief() + " with " + key);
    }
    return 0;
  }
}
