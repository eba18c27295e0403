package org.bilateralbrain.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.convert.GroupRecordConverter;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.RecordReader;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.bilateralbrain.data.EncodedImages.Part;
import org.bilateralbrain.data.EncodedImages.Receiver;
import org.bilateralbrain.data.EncodedImages.Slice;

/**
 * Parquet files with a row for each image, as public hubs ship data sets: a column of encoded
 * images (bytes, or a structure with bytes and a path) and one for each kind of label (integers, or
 * names). A file belongs to the part with which its name, or that of its folder, begins. Names of
 * classes are in the files' metadata, or in {@code fine_label_names.txt} and {@code
 * coarse_label_names.txt} beside them.
 */
public final class ParquetImages {

  /** The columns; empty ones are recognised by their usual names. */
  public record Columns(String image, String fine, String coarse) implements Serializable {
    public static final Columns USUAL = new Columns("", "", "");
  }

  private static final List<String> IMAGE = List.of("img", "image");
  private static final List<String> FINE = List.of("fine_label", "fine_labels", "fine");
  private static final List<String> COARSE = List.of("coarse_label", "coarse_labels", "coarse");
  private static final String METADATA = "huggingface";

  /** At least, unless its file ends: row groups can be tiny. */
  private static final int ROWS_PER_SLICE = 2_000;

  private static final int MAX_BYTES_OF_NAMES = 16 << 20;
  private static final int MAX_DEPTH = 3;
  private static final int MAX_ROWS = 1 << 28;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path root;
  private final Configuration hadoop;
  private final FileSystem fileSystem;
  private final Columns wanted;
  private final Map<Part, List<Path>> files = new TreeMap<>();

  private ParquetImages(Path root, Configuration hadoop, Columns wanted) throws IOException {
    this.root = root;
    this.hadoop = hadoop;
    this.wanted = wanted;
    fileSystem = Locations.unchecked(root, hadoop);
  }

  /**
   * Lists the files' rows.
   *
   * @throws DataException if there are none, or columns are missing
   */
  static EncodedImages list(Path root, Configuration hadoop, Columns wanted) {
    try {
      ParquetImages images = new ParquetImages(root, hadoop, wanted);
      images.find(root, Optional.empty(), MAX_DEPTH);
      return images.listed();
    } catch (IOException e) {
      throw new DataException("%s can't be read: %s".formatted(root, e.getMessage()), e);
    } catch (RuntimeException e) { // how parquet-mr reports damage
      throw e instanceof DataException known
          ? known
          : new DataException("%s can't be read: %s".formatted(root, e.getMessage()), e);
    }
  }

  /** Whether a folder, or one below it, has Parquet files for training. */
  static boolean areAt(Path root, Configuration hadoop) {
    try {
      FileSystem fileSystem = Locations.unchecked(root, hadoop);
      if (!fileSystem.exists(root) || !fileSystem.getFileStatus(root).isDirectory()) {
        return false;
      }
      ParquetImages images = new ParquetImages(root, hadoop, Columns.USUAL);
      images.find(root, Optional.empty(), MAX_DEPTH);
      return images.files.containsKey(Part.TRAIN);
    } catch (IOException e) {
      throw new DataException("%s can't be read: %s".formatted(root, e.getMessage()), e);
    }
  }

  private void find(Path folder, Optional<Part> ofFolder, int depth) throws IOException {
    for (FileStatus status : fileSystem.listStatus(folder)) {
      String name = status.getPath().getName();
      Optional<Part> part = part(name).or(() -> ofFolder);
      if (status.isDirectory() && depth > 0 && !name.startsWith(".") && !name.startsWith("_")) {
        find(status.getPath(), part, depth - 1);
      } else if (status.isFile() && name.endsWith(".parquet") && part.isPresent()) {
        files.computeIfAbsent(part.get(), any -> new ArrayList<>()).add(status.getPath());
      }
    }
  }

  private static Optional<Part> part(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    if (lower.startsWith("train")) {
      return Optional.of(Part.TRAIN);
    }
    if (lower.startsWith("val")) {
      return Optional.of(Part.VALIDATION);
    }
    return lower.startsWith("test") ? Optional.of(Part.TEST) : Optional.empty();
  }

  private EncodedImages listed() throws IOException {
    for (Part part : List.of(Part.TRAIN, Part.TEST)) {
      if (!files.containsKey(part)) {
        throw new DataException(
            "%s has no Parquet file whose name, or whose folder's name, begins with %s"
                .formatted(root, part.name().toLowerCase(Locale.ROOT)));
      }
    }
    files.values().forEach(ofPart -> ofPart.sort(null));
    Path first = files.getOrDefault(Part.TRAIN, List.of()).get(0);
    Columns columns = columns(first);
    List<String> fine = names(first, columns.fine, "fine_label_names.txt");
    List<String> coarse = names(first, columns.coarse, "coarse_label_names.txt");
    Map<Part, List<Slice>> slices = new TreeMap<>();
    for (Map.Entry<Part, List<Path>> part : files.entrySet()) {
      List<Slice> ofPart = new ArrayList<>();
      for (Path file : part.getValue()) {
        ofPart.addAll(slices(file, columns, numbers(fine), numbers(coarse)));
      }
      slices.put(part.getKey(), ofPart);
    }
    return new EncodedImages(root.toString(), fine, coarse, slices);
  }

  private ParquetFileReader open(Path file) throws IOException {
    return open(file, hadoop);
  }

  private static ParquetFileReader open(Path file, Configuration hadoop) throws IOException {
    return ParquetFileReader.open(HadoopInputFile.fromPath(file, hadoop));
  }

  private List<Slice> slices(
      Path file, Columns columns, Map<String, Integer> fine, Map<String, Integer> coarse)
      throws IOException {
    List<Slice> slices = new ArrayList<>();
    try (ParquetFileReader reader = open(file)) {
      List<BlockMetaData> groups = reader.getRowGroups();
      int first = 0;
      long before = 0;
      long rows = 0;
      for (int group = 0; group < groups.size(); group++) {
        long ofGroup = groups.get(group).getRowCount();
        if (ofGroup < 0 || ofGroup > MAX_ROWS) {
          throw new DataException("%s announces %s rows in a row group".formatted(file, ofGroup));
        }
        rows += ofGroup;
        if (rows >= ROWS_PER_SLICE || group == groups.size() - 1) {
          slices.add(
              new Rows(file.toString(), first, group, before, (int) rows, columns, fine, coarse));
          first = group + 1;
          before += rows;
          rows = 0;
        }
      }
    }
    return slices;
  }

  private Columns columns(Path file) throws IOException {
    try (ParquetFileReader reader = open(file)) {
      MessageType schema = reader.getFileMetaData().getSchema();
      return new Columns(
          column(file, schema, "image", wanted.image, IMAGE),
          column(file, schema, "fine", wanted.fine, FINE),
          column(file, schema, "coarse", wanted.coarse, COARSE));
    }
  }

  private static String column(
      Path file, MessageType schema, String kind, String wanted, List<String> usual) {
    List<String> candidates = wanted.isEmpty() ? usual : List.of(wanted);
    return candidates.stream()
        .filter(schema::containsField)
        .findFirst()
        .orElseThrow(
            () ->
                new DataException(
                    "%s has no column %s; it has: %s; set data.columns.%s"
                        .formatted(
                            file,
                            String.join(" or ", candidates),
                            String.join(
                                ", ", schema.getFields().stream().map(Type::getName).toList()),
                            kind)));
  }

  /** From the metadata, from a file, or the labels themselves if they are texts. */
  private List<String> names(Path first, String column, String file) throws IOException {
    try (ParquetFileReader reader = open(first)) {
      String metadata = reader.getFileMetaData().getKeyValueMetaData().get(METADATA);
      if (metadata != null) {
        JsonNode names =
            JSON.readTree(metadata).path("info").path("features").path(column).path("names");
        if (names.isArray() && names.size() > 0) {
          List<String> listed = new ArrayList<>();
          names.forEach(name -> listed.add(name.asText()));
          return listed;
        }
      }
      Type type = reader.getFileMetaData().getSchema().getType(column);
      if (type.isPrimitive()
          && type.asPrimitiveType().getPrimitiveTypeName() == PrimitiveTypeName.BINARY) {
        return texts(column);
      }
    }
    Path beside = new Path(root, file);
    if (!fileSystem.exists(beside)) {
      return List.of();
    }
    byte[] content = Locations.read(beside.toString(), hadoop, MAX_BYTES_OF_NAMES);
    return new String(content, StandardCharsets.UTF_8)
        .lines()
        .filter(line -> !line.isBlank())
        .toList();
  }

  private List<String> texts(String column) throws IOException {
    TreeSet<String> texts = new TreeSet<>();
    for (List<Path> ofPart : files.values()) {
      for (Path file : ofPart) {
        try (ParquetFileReader reader = open(file)) {
          for (int group = 0; group < reader.getRowGroups().size(); group++) {
            rows(reader, group, List.of(column), row -> texts.add(text(row, column)));
          }
        }
      }
    }
    return List.copyOf(texts);
  }

  private static String text(Group row, String column) {
    return row.getFieldRepetitionCount(column) == 0 ? "" : row.getString(column, 0);
  }

  private static Map<String, Integer> numbers(List<String> names) {
    Map<String, Integer> numbers = new HashMap<>();
    names.forEach(name -> numbers.put(name, numbers.size()));
    return numbers;
  }

  /** Passes on the rows of a row group, with some columns only. */
  private static void rows(
      ParquetFileReader reader, int group, List<String> columns, Consumer<Group> each)
      throws IOException {
    MessageType whole = reader.getFileMetaData().getSchema();
    MessageType projection =
        new MessageType(whole.getName(), columns.stream().map(whole::getType).toList());
    reader.setRequestedSchema(projection);
    PageReadStore pages = reader.readRowGroup(group);
    RecordReader<Group> records =
        new ColumnIOFactory()
            .getColumnIO(projection, whole)
            .getRecordReader(pages, new GroupRecordConverter(projection));
    for (long row = 0; row < pages.getRowCount(); row++) {
      each.accept(records.read());
    }
  }

  /**
   * Some row groups of a file.
   *
   * @param firstGroup the first row group
   * @param lastGroup the last one
   * @param before rows of the file before that group
   */
  private record Rows(
      String file,
      int firstGroup,
      int lastGroup,
      long before,
      int count,
      Columns columns,
      Map<String, Integer> fineNumbers,
      Map<String, Integer> coarseNumbers)
      implements Slice {

    @Override
    public void read(Configuration hadoop, Receiver receiver) throws IOException {
      long[] row = {before};
      try (ParquetFileReader reader = open(new Path(file), hadoop)) {
        for (int group = firstGroup; group <= lastGroup; group++) {
          rows(
              reader,
              group,
              List.of(columns.image, columns.fine, columns.coarse),
              values -> pass(values, row[0]++, receiver));
        }
      } catch (RuntimeException e) { // how parquet-mr reports damage
        throw new IOException(e.getMessage(), e);
      }
    }

    private void pass(Group row, long number, Receiver receiver) {
      String name = "%s: row %s".formatted(file, number);
      try {
        receiver.image(
            name,
            label(row, columns.fine, fineNumbers),
            label(row, columns.coarse, coarseNumbers),
            bytes(row));
      } catch (IOException e) {
        receiver.broken(name, e);
      }
    }

    private byte[] bytes(Group row) throws IOException {
      Type type = row.getType().getType(columns.image);
      Group within = row;
      String field = columns.image;
      if (!type.isPrimitive() && row.getFieldRepetitionCount(field) > 0) {
        within = row.getGroup(field, 0);
        field = "bytes";
      }
      if (!within.getType().containsField(field) || within.getFieldRepetitionCount(field) == 0) {
        throw new IOException("it has no image");
      }
      return within.getBinary(field, 0).getBytes();
    }

    private static int label(Group row, String column, Map<String, Integer> numbers)
        throws IOException {
      if (row.getFieldRepetitionCount(column) == 0) {
        throw new IOException("it has no " + column);
      }
      PrimitiveTypeName type =
          row.getType().getType(column).asPrimitiveType().getPrimitiveTypeName();
      return switch (type) {
        case INT32 -> row.getInteger(column, 0);
        case INT64 -> Math.toIntExact(row.getLong(column, 0));
        case BINARY -> numbers.getOrDefault(row.getString(column, 0), -1);
        default -> throw new IOException("%s is of the type %s".formatted(column, type));
      };
    }

    @Override
    public String toString() {
      return file;
    }
  }
}
