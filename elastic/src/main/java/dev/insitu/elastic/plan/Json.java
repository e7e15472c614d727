package dev.insitu.elastic.plan;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.insitu.elastic.ElasticException;
import dev.insitu.elastic.Names;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * JSON from outside and to it: every value is refused by its field's name if it is not as told. For
 * the formats of this project's modules.
 */
public final class Json {

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(40)
                  .maxStringLength(65_536)
                  .maxNumberLength(64)
                  .build())
          .build();

  private Json() {}

  /** Writes a document. */
  public interface Writing {
    void to(JsonGenerator json) throws IOException;
  }

  /** Reads the value of a field at which the parser stands, to its last token. */
  public interface FieldReading {
    void read(String name, JsonParser json) throws IOException;
  }

  /** Reads the item of an array at which the parser stands, to its last token. */
  public interface ItemReading {
    void read() throws IOException;
  }

  /** A document that is one object; its fields are written by {@code writing}. */
  public static byte[] write(Writing writing) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonGenerator json = FACTORY.createGenerator(out)) {
      json.writeStartObject();
      writing.to(json);
      json.writeEndObject();
    } catch (IOException e) {
      throw new IllegalStateException("Writing to memory cannot fail", e);
    }
    return out.toByteArray();
  }

  static void writeOptional(JsonGenerator json, String name, OptionalDouble value)
      throws IOException {
    if (value.isPresent()) {
      json.writeNumberField(name, value.getAsDouble());
    }
  }

  static void writeOptional(JsonGenerator json, String name, OptionalLong value)
      throws IOException {
    if (value.isPresent()) {
      json.writeNumberField(name, value.getAsLong());
    }
  }

  /** Writes the field, unless there are none. */
  static void writeStrings(JsonGenerator json, String name, List<String> strings)
      throws IOException {
    if (strings.isEmpty()) {
      return;
    }
    json.writeArrayFieldStart(name);
    for (String string : strings) {
      json.writeString(string);
    }
    json.writeEndArray();
  }

  static void writeRanges(JsonGenerator json, String name, List<Range> ranges) throws IOException {
    json.writeArrayFieldStart(name);
    for (Range range : ranges) {
      json.writeStartArray();
      json.writeNumber(range.from());
      json.writeNumber(range.to());
      json.writeEndArray();
    }
    json.writeEndArray();
  }

  /**
   * @param what names the document in errors
   * @throws ElasticException INVALID, or LIMIT if the document is too long
   */
  static void readObject(byte[] bytes, String what, FieldReading reading) {
    if (bytes.length > PlanJson.MAX_BYTES) {
      throw ElasticException.limit(
          "The "
              + what
              + " has "
              + bytes.length
              + " bytes; at most "
              + PlanJson.MAX_BYTES
              + " are read.");
    }
    readObject(bytes, 0, bytes.length, what, reading);
  }

  /**
   * Reads an object out of bytes whose number the caller has bounded.
   *
   * @param offset of its first byte
   * @param length of it
   * @param what names the document in errors
   * @throws ElasticException INVALID
   */
  public static void readObject(
      byte[] bytes, int offset, int length, String what, FieldReading reading) {
    try (JsonParser json = FACTORY.createParser(bytes, offset, length)) {
      readObject(json, what, reading);
    } catch (IOException e) {
      throw new IllegalStateException("Reading from memory cannot fail", e);
    }
  }

  /** Reads the value at which the parser stands, to its last token. */
  public interface ValueReading {
    void read(JsonParser json) throws IOException;
  }

  /**
   * Reads one value out of bytes whose number the caller has bounded; what follows it is not looked
   * at.
   *
   * @param offset of its first byte
   * @param length of what may be looked at
   * @param what names the value in errors
   * @throws ElasticException INVALID
   */
  public static void readItem(
      byte[] bytes, int offset, int length, String what, ValueReading reading) {
    try (JsonParser json = FACTORY.createParser(bytes, offset, length)) {
      attempt(
          json,
          what,
          () -> {
            json.nextToken();
            reading.read(json);
          });
    } catch (IOException e) {
      throw new IllegalStateException("Reading from memory cannot fail", e);
    }
  }

  private static void readObject(JsonParser json, String what, FieldReading reading) {
    attempt(
        json,
        what,
        () -> {
          json.nextToken();
          readFields(json, what, reading);
          require(json, json.nextToken() == null, what, "the end");
        });
  }

  private static void attempt(JsonParser json, String what, ItemReading reading) {
    try {
      reading.read();
    } catch (IOException e) {
      String place = json.getParsingContext().pathAsPointer().toString();
      throw new ElasticException(
          ElasticException.Reason.INVALID,
          "The "
              + what
              + " is not the JSON that was expected"
              + (place.isEmpty() ? "" : " at " + Names.quote(place.substring(1)))
              + ": "
              + firstLine(e)
              + ".",
          e);
    }
  }

  /** The value at which the parser stands, as it is, to its last token. */
  static String raw(JsonParser json) throws IOException {
    StringWriter text = new StringWriter();
    try (JsonGenerator copy = FACTORY.createGenerator(text)) {
      copy.copyCurrentStructureExact(json);
    }
    return text.toString();
  }

  static List<String> strings(JsonParser json, String name) throws IOException {
    List<String> strings = new ArrayList<>();
    readArray(json, name, () -> strings.add(string(json, name)));
    return strings;
  }

  /** Reads an object at which the parser stands, to its last token. */
  public static void readFields(JsonParser json, String what, FieldReading reading)
      throws IOException {
    require(json, JsonToken.START_OBJECT, what);
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      json.nextToken();
      reading.read(name, json);
    }
    require(json, JsonToken.END_OBJECT, what);
  }

  /** Reads an array at which the parser stands, to its last token. */
  public static void readArray(JsonParser json, String name, ItemReading reading)
      throws IOException {
    require(json, JsonToken.START_ARRAY, name);
    while (json.nextToken() != JsonToken.END_ARRAY) {
      require(json, json.currentToken() != null, name, "an item");
      reading.read();
    }
  }

  static List<Range> ranges(JsonParser json, String name) throws IOException {
    List<Range> ranges = new ArrayList<>();
    readArray(
        json,
        name,
        () -> {
          require(json, JsonToken.START_ARRAY, name);
          json.nextToken();
          int from = integer(json, name);
          json.nextToken();
          int to = integer(json, name);
          require(json, json.nextToken() == JsonToken.END_ARRAY, name, "the end of a pair");
          ranges.add(new Range(from, to));
        });
    return ranges;
  }

  /** The number at which the parser stands. */
  public static double number(JsonParser json, String name) throws IOException {
    require(json, json.currentToken() != null && json.currentToken().isNumeric(), name, "a number");
    return json.getDoubleValue();
  }

  /** The whole number at which the parser stands. */
  public static long whole(JsonParser json, String name) throws IOException {
    require(json, JsonToken.VALUE_NUMBER_INT, name);
    return json.getLongValue();
  }

  /** The whole number at which the parser stands, of 32 bits. */
  public static int integer(JsonParser json, String name) throws IOException {
    require(json, JsonToken.VALUE_NUMBER_INT, name);
    return json.getIntValue();
  }

  /** The truth value at which the parser stands. */
  public static boolean flag(JsonParser json, String name) throws IOException {
    require(
        json,
        json.currentToken() != null && json.currentToken().isBoolean(),
        name,
        "true or false");
    return json.getBooleanValue();
  }

  /** The string at which the parser stands. */
  public static String string(JsonParser json, String name) throws IOException {
    require(json, JsonToken.VALUE_STRING, name);
    return json.getText();
  }

  private static void require(JsonParser json, JsonToken token, String name) {
    require(json, json.currentToken() == token, name, words(token));
  }

  private static void require(JsonParser json, boolean right, String name, String expected) {
    if (!right) {
      throw ElasticException.invalid(
          "'"
              + name
              + "': "
              + words(json.currentToken())
              + " came; "
              + expected
              + " was expected.");
    }
  }

  private static String words(@Nullable JsonToken token) {
    if (token == null) {
      return "nothing more";
    }
    return switch (token) {
      case START_OBJECT -> "an object";
      case END_OBJECT -> "the end of an object";
      case START_ARRAY -> "an array";
      case END_ARRAY -> "the end of an array";
      case FIELD_NAME -> "a field";
      case VALUE_STRING -> "a text";
      case VALUE_NUMBER_INT -> "a whole number";
      case VALUE_NUMBER_FLOAT -> "a number with a fraction";
      case VALUE_TRUE, VALUE_FALSE -> "true or false";
      case VALUE_NULL -> "null";
      case VALUE_EMBEDDED_OBJECT, NOT_AVAILABLE -> token.name();
    };
  }

  /** Without what the parser advises to those who wrote it in. */
  private static String firstLine(IOException e) {
    String message = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    return message.replaceFirst("(: enable `| \\(start marker at ).*", "");
  }
}
