package dev.insitu.library;

import dev.insitu.elastic.Digest;
import dev.insitu.elastic.Signatures;
import dev.insitu.elastic.Signatures.Signed;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** The catalogue in one SQLite file with a write-ahead log. */
final class SqliteCatalogue implements Catalogue {

  private static final int SCHEMA = 1;
  private static final String COLUMNS =
      "SELECT name, version, manifest, published, chunks, chunk_bytes FROM versions ";
  private static final int SIGNED_BYTES = Signatures.KEY_BYTES + Signatures.SIGNATURE_BYTES;

  private final Connection connection;
  private final Path file;

  private SqliteCatalogue(Path file, Connection connection) {
    this.file = file;
    this.connection = connection;
  }

  /** Opens or creates the catalogue. */
  static SqliteCatalogue open(Path file) {
    try {
      Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
      SqliteCatalogue catalogue = new SqliteCatalogue(file, connection);
      try {
        catalogue.prepare();
        return catalogue;
      } catch (SQLException | RuntimeException e) {
        connection.close();
        throw e;
      }
    } catch (SQLException e) {
      throw failed(file, e);
    }
  }

  private void prepare() throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA journal_mode = WAL");
      statement.execute("PRAGMA synchronous = FULL");
      int schema;
      try (ResultSet row = statement.executeQuery("PRAGMA user_version")) {
        schema = row.getInt(1);
      }
      if (schema > SCHEMA) {
        throw new LibraryException(
            LibraryException.Reason.TOO_NEW,
            "Catalogue "
                + file
                + " has schema "
                + schema
                + "; this version knows "
                + SCHEMA
                + ".\nMaybe update Insitu here.");
      }
      statement.executeUpdate(
          """
          CREATE TABLE IF NOT EXISTS versions (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            name TEXT NOT NULL, version TEXT NOT NULL, manifest BLOB NOT NULL UNIQUE,
            published INTEGER NOT NULL, chunks INTEGER NOT NULL, chunk_bytes INTEGER NOT NULL,
            UNIQUE (name, version))\
          """);
      statement.executeUpdate(
          """
          CREATE TABLE IF NOT EXISTS parts (
            id INTEGER PRIMARY KEY REFERENCES versions ON DELETE CASCADE,
            manifest BLOB NOT NULL, profile BLOB NOT NULL, signatures BLOB NOT NULL)\
          """);
      statement.executeUpdate("CREATE TABLE IF NOT EXISTS batches (name TEXT PRIMARY KEY)");
      statement.execute("PRAGMA foreign_keys = ON");
      statement.execute("PRAGMA user_version = " + SCHEMA);
    }
  }

  /** Gives a statement its parameters. */
  private interface Binding {
    void to(PreparedStatement statement) throws SQLException;
  }

  /** Makes a value of a row. */
  private interface Reading<T> {
    T from(ResultSet row) throws SQLException;
  }

  private synchronized <T> List<T> query(String sql, Binding binding, Reading<T> reading) {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      binding.to(statement);
      List<T> found = new ArrayList<>();
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          found.add(reading.from(rows));
        }
      }
      return found;
    } catch (SQLException e) {
      throw failed(file, e);
    }
  }

  private synchronized int update(String sql, Binding binding) {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      binding.to(statement);
      return statement.executeUpdate();
    } catch (SQLException e) {
      throw failed(file, e);
    }
  }

  private static LibraryException failed(Path file, SQLException e) {
    boolean full = String.valueOf(e.getMessage()).contains("SQLITE_FULL");
    return new LibraryException(
        full ? LibraryException.Reason.FULL : LibraryException.Reason.DAMAGED,
        "Catalogue "
            + file
            + " cannot be used: "
            + e.getMessage()
            + ".\nMaybe "
            + (full
                ? "free some space on its disk."
                : "it is damaged or not a catalogue: restore it from a copy."),
        e);
  }

  @Override
  public void begin(String batch) {
    update("INSERT OR IGNORE INTO batches VALUES (?)", statement -> statement.setString(1, batch));
  }

  @Override
  public void end(String batch) {
    update("DELETE FROM batches WHERE name = ?", statement -> statement.setString(1, batch));
  }

  @Override
  public List<String> openBatches() {
    return query(
        "SELECT name FROM batches ORDER BY name", statement -> {}, row -> row.getString(1));
  }

  @Override
  public synchronized void publish(Version version, Parts parts, Optional<String> batch) {
    if (versions(version.name()).stream()
        .anyMatch(old -> old.version().equals(version.version()))) {
      throw new LibraryException(
          LibraryException.Reason.CONFLICT,
          "'"
              + version.name()
              + "' already has a version '"
              + version.version()
              + "'.\nMaybe publish it as a new version.");
    }
    try {
      connection.setAutoCommit(false);
      try {
        insert(version, parts);
        batch.ifPresent(this::end);
        connection.commit();
      } catch (SQLException | RuntimeException e) {
        connection.rollback();
        throw e;
      } finally {
        connection.setAutoCommit(true);
      }
    } catch (SQLException e) {
      throw failed(file, e);
    }
  }

  private void insert(Version version, Parts parts) {
    update(
        "INSERT INTO versions (name, version, manifest, published, chunks, chunk_bytes) VALUES (?, ?, ?, ?, ?, ?)",
        statement -> {
          statement.setString(1, version.name());
          statement.setString(2, version.version());
          statement.setBytes(3, version.manifest().toBytes());
          statement.setLong(4, version.published().toEpochMilli());
          statement.setInt(5, version.chunks());
          statement.setLong(6, version.chunkBytes());
        });
    update(
        "INSERT INTO parts VALUES (last_insert_rowid(), ?, ?, ?)",
        statement -> {
          statement.setBytes(1, Bytes.toArray(parts.manifest()));
          statement.setBytes(2, Bytes.toArray(parts.profile()));
          statement.setBytes(3, writeSignatures(parts.signatures()));
        });
  }

  @Override
  public boolean remove(String name, String version) {
    return update(
            "DELETE FROM versions WHERE name = ? AND version = ?",
            statement -> {
              statement.setString(1, name);
              statement.setString(2, version);
            })
        > 0;
  }

  @Override
  public List<Version> versions() {
    return query(COLUMNS + "ORDER BY name, id", statement -> {}, SqliteCatalogue::readVersion);
  }

  @Override
  public List<Version> versions(String name) {
    return query(
        COLUMNS + "WHERE name = ? ORDER BY id",
        statement -> statement.setString(1, name),
        SqliteCatalogue::readVersion);
  }

  @Override
  public Optional<Version> byManifest(Digest manifest) {
    return query(
            COLUMNS + "WHERE manifest = ?",
            statement -> statement.setBytes(1, manifest.toBytes()),
            SqliteCatalogue::readVersion)
        .stream()
        .findFirst();
  }

  @Override
  public Optional<Parts> parts(Digest manifest) {
    return query(
            "SELECT p.manifest, p.profile, p.signatures FROM parts p JOIN versions v USING (id) WHERE v.manifest = ?",
            statement -> statement.setBytes(1, manifest.toBytes()),
            row ->
                new Parts(
                    ByteBuffer.wrap(row.getBytes(1)),
                    ByteBuffer.wrap(row.getBytes(2)),
                    readSignatures(row.getBytes(3))))
        .stream()
        .findFirst();
  }

  private static Version readVersion(ResultSet row) throws SQLException {
    return new Version(
        row.getString(1),
        row.getString(2),
        Digest.of(row.getBytes(3)),
        Instant.ofEpochMilli(row.getLong(4)),
        row.getInt(5),
        row.getLong(6));
  }

  private static byte[] writeSignatures(List<Signed> signatures) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (Signed signed : signatures) {
      bytes.writeBytes(HexFormat.of().parseHex(signed.key().hex()));
      bytes.writeBytes(signed.signature());
    }
    return bytes.toByteArray();
  }

  private static List<Signed> readSignatures(byte[] bytes) {
    List<Signed> signatures = new ArrayList<>();
    ByteBuffer in = ByteBuffer.wrap(bytes);
    while (in.remaining() >= SIGNED_BYTES) {
      byte[] key = new byte[Signatures.KEY_BYTES];
      byte[] signature = new byte[Signatures.SIGNATURE_BYTES];
      in.get(key).get(signature);
      signatures.add(new Signed(new Signatures.Key(HexFormat.of().formatHex(key)), signature));
    }
    return signatures;
  }

  @Override
  public synchronized void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      throw failed(file, e);
    }
  }
}
