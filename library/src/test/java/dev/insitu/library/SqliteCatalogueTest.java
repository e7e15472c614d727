package dev.insitu.library;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import org.junit.jupiter.api.Test;

class SqliteCatalogueTest extends CatalogueContract {

  @Override
  Catalogue open(Path directory) {
    return SqliteCatalogue.open(directory.resolve("catalogue.db"));
  }

  @Test
  void aFileThatIsNoCatalogueIsRefusedByName() throws Exception {
    Path file = directory.resolve("other.db");
    Files.writeString(
        file, "this is not a database, but long enough to look at, is it not? ".repeat(20));
    LibraryException refused =
        assertThrows(LibraryException.class, () -> SqliteCatalogue.open(file));
    assertEquals(LibraryException.Reason.DAMAGED, refused.reason());
    assertTrue(refused.getMessage().contains(file.toString()), refused.getMessage());
    assertTrue(refused.getMessage().contains("\nMaybe "), refused.getMessage());
  }

  @Test
  void aLaterSchemaIsRefusedAsTooNew() throws Exception {
    Path file = directory.resolve("later.db");
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file)) {
      connection.createStatement().execute("PRAGMA user_version = 99");
    }
    LibraryException refused =
        assertThrows(LibraryException.class, () -> SqliteCatalogue.open(file));
    assertEquals(LibraryException.Reason.TOO_NEW, refused.reason());
  }
}
