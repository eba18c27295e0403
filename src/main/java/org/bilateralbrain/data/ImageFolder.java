package org.bilateralbrain.data;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.bilateralbrain.data.EncodedImages.Part;
import org.bilateralbrain.data.EncodedImages.Receiver;
import org.bilateralbrain.data.EncodedImages.Slice;

/**
 * Image files in folders named after their classes, below {@code train}, {@code test} and perhaps
 * {@code validation}, in one of three layouts:
 *
 * <ul>
 *   <li>{@code train/COARSE/FINE/*.png};
 *   <li>{@code train/fine/FINE/*.png} beside {@code train/coarse/COARSE/*.png}, matched by the
 *       files' names, as the reference implementation prepares them;
 *   <li>{@code train/FINE/*.png} with a file {@code hierarchy.csv} beside {@code train}, a line
 *       {@code fine,coarse} for each fine class.
 * </ul>
 */
final class ImageFolder {

  private static final String HIERARCHY = "hierarchy.csv";
  private static final String FINE = "fine";
  private static final String COARSE = "coarse";
  private static final Set<String> EXTENSIONS =
      Set.of("png", "jpg", "jpeg", "gif", "bmp", "tif", "tiff");
  private static final int MAX_HIERARCHY_BYTES = 16 << 20;

  /** A larger file is taken for something else than a small image. */
  private static final int MAX_FILE_BYTES = 64 << 20;

  private static final int FILES_PER_SLICE = 500;

  /** A file with the names of its classes. */
  private record Labelled(String file, String fine, String coarse) {}

  private final FileSystem fileSystem;
  private final Path root;
  private final Map<Part, List<Labelled>> files = new TreeMap<>();

  private ImageFolder(FileSystem fileSystem, Path root) {
    this.fileSystem = fileSystem;
    this.root = root;
  }

  /**
   * Lists the files.
   *
   * @throws DataException if there are none, or the folders are in another layout
   */
  static EncodedImages list(Path root, Configuration hadoop) {
    try {
      ImageFolder folder = new ImageFolder(Locations.unchecked(root, hadoop), root);
      folder.list();
      return folder.numbered();
    } catch (FileNotFoundException e) {
      throw new DataException("%s not found".formatted(root), e);
    } catch (IOException e) {
      throw new DataException("%s can't be read: %s".formatted(root, e.getMessage()), e);
    }
  }

  /** Whether a folder has one for training images. */
  static boolean isAt(Path root, Configuration hadoop) {
    try {
      FileSystem fileSystem = Locations.unchecked(root, hadoop);
      Path training = new Path(root, names(Part.TRAIN).get(0));
      return fileSystem.exists(training) && fileSystem.getFileStatus(training).isDirectory();
    } catch (IOException e) {
      throw new DataException("%s can't be read: %s".formatted(root, e.getMessage()), e);
    }
  }

  private void list() throws IOException {
    Optional<Map<String, String>> hierarchy = hierarchy();
    for (Part part : Part.values()) {
      Optional<Path> folder = folder(part);
      if (folder.isPresent()) {
        files.put(part, list(folder.get(), hierarchy));
      }
    }
    for (Part part : List.of(Part.TRAIN, Part.TEST)) {
      if (files.getOrDefault(part, List.of()).isEmpty()) {
        throw new DataException(
            "%1$s has no images in %2$s/COARSE/FINE, in %2$s/fine/FINE and %2$s/coarse/COARSE, or in %2$s/FINE with a file %3$s"
                .formatted(root, names(part).get(0), HIERARCHY));
      }
    }
  }

  /** Names that a part's folder may have. */
  private static List<String> names(Part part) {
    return switch (part) {
      case TRAIN -> List.of("train");
      case VALIDATION -> List.of("validation", "valid", "val");
      case TEST -> List.of("test");
    };
  }

  private Optional<Path> folder(Part part) throws IOException {
    for (String name : names(part)) {
      Path folder = new Path(root, name);
      if (fileSystem.exists(folder) && fileSystem.getFileStatus(folder).isDirectory()) {
        return Optional.of(folder);
      }
    }
    return Optional.empty();
  }

  private List<Labelled> list(Path part, Optional<Map<String, String>> hierarchy)
      throws IOException {
    List<Path> folders = folders(part);
    Set<String> names = new TreeSet<>();
    folders.forEach(folder -> names.add(folder.getName()));
    if (hierarchy.isPresent()) {
      return flat(folders, hierarchy.get());
    }
    return names.equals(Set.of(FINE, COARSE)) ? besides(part) : nested(folders);
  }

  /** The coarse class of each fine one; empty if there is no such file. */
  private Optional<Map<String, String>> hierarchy() throws IOException {
    Path file = new Path(root, HIERARCHY);
    if (!fileSystem.exists(file)) {
      return Optional.empty();
    }
    Map<String, String> coarseOfFine = new HashMap<>();
    int number = 0;
    for (List<String> cells : CsvText.parse(file.toString(), text(file))) {
      number++;
      if (cells.size() != 2 || cells.contains("")) {
        throw new DataException(
            "%s: line %s is not of the form fine,coarse".formatted(file, number));
      }
      boolean heading = number == 1 && cells.equals(List.of(FINE, COARSE));
      String before = heading ? null : coarseOfFine.putIfAbsent(cells.get(0), cells.get(1));
      if (before != null && !before.equals(cells.get(1))) {
        throw new DataException(
            "%s: line %s puts %s into %s, but an earlier one into %s"
                .formatted(file, number, cells.get(0), cells.get(1), before));
      }
    }
    return Optional.of(coarseOfFine);
  }

  private String text(Path file) throws IOException {
    Locations.requireRegular(file, fileSystem);
    try (var in = fileSystem.open(file)) {
      byte[] content = in.readNBytes(MAX_HIERARCHY_BYTES + 1);
      if (content.length > MAX_HIERARCHY_BYTES) {
        throw new DataException("%s is too large for a hierarchy".formatted(file));
      }
      return new String(content, StandardCharsets.UTF_8);
    }
  }

  private List<Labelled> nested(List<Path> coarseFolders) throws IOException {
    List<Path> fineFolders = new ArrayList<>();
    for (Path coarse : coarseFolders) {
      fineFolders.addAll(folders(coarse));
    }
    List<Labelled> labelled = new ArrayList<>();
    images(fineFolders)
        .forEach(
            (fine, files) ->
                files.forEach(
                    file ->
                        labelled.add(
                            new Labelled(file, fine.getName(), fine.getParent().getName()))));
    return labelled;
  }

  private List<Labelled> flat(List<Path> fineFolders, Map<String, String> coarseOfFine)
      throws IOException {
    List<Labelled> labelled = new ArrayList<>();
    for (Map.Entry<Path, List<String>> fine : images(fineFolders).entrySet()) {
      String name = fine.getKey().getName();
      String coarse = coarseOfFine.get(name);
      if (coarse == null) {
        throw new DataException(
            "%s has no line for the folder %s".formatted(new Path(root, HIERARCHY), fine.getKey()));
      }
      fine.getValue().forEach(file -> labelled.add(new Labelled(file, name, coarse)));
    }
    return labelled;
  }

  private List<Labelled> besides(Path part) throws IOException {
    Map<String, String> coarseOfFile = new HashMap<>();
    for (Map.Entry<Path, List<String>> coarse :
        images(folders(new Path(part, COARSE))).entrySet()) {
      for (String file : coarse.getValue()) {
        String name = new Path(file).getName();
        if (coarseOfFile.put(name, coarse.getKey().getName()) != null) {
          throw new DataException(
              "%s: several coarse classes have a file %s".formatted(part, name));
        }
      }
    }
    List<Labelled> labelled = new ArrayList<>();
    for (Map.Entry<Path, List<String>> fine : images(folders(new Path(part, FINE))).entrySet()) {
      for (String file : fine.getValue()) {
        String coarse = coarseOfFile.remove(new Path(file).getName());
        if (coarse == null) {
          throw new DataException(
              "%s has no counterpart of its name in %s".formatted(file, new Path(part, COARSE)));
        }
        labelled.add(new Labelled(file, fine.getKey().getName(), coarse));
      }
    }
    if (!coarseOfFile.isEmpty()) {
      throw new DataException(
          "%s: %s files of %s have no counterpart in %s, such as %s"
              .formatted(
                  part,
                  coarseOfFile.size(),
                  COARSE,
                  FINE,
                  new TreeSet<>(coarseOfFile.keySet()).first()));
    }
    return labelled;
  }

  private List<Path> folders(Path parent) throws IOException {
    List<Path> folders = new ArrayList<>();
    for (FileStatus status : fileSystem.listStatus(parent)) {
      if (status.isDirectory() && !isHidden(status.getPath().getName())) {
        folders.add(status.getPath());
      }
    }
    folders.sort(Comparator.comparing(Path::getName));
    return folders;
  }

  /** The image files of each folder, listed several folders at a time. */
  private Map<Path, List<String>> images(List<Path> folders) throws IOException {
    List<List<String>> listed;
    try {
      listed =
          folders.parallelStream()
              .map(
                  folder -> {
                    try {
                      return images(folder);
                    } catch (IOException e) {
                      throw new UncheckedIOException(e);
                    }
                  })
              .toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    Map<Path, List<String>> images = new LinkedHashMap<>();
    for (int i = 0; i < folders.size(); i++) {
      images.put(folders.get(i), listed.get(i));
    }
    return images;
  }

  private List<String> images(Path folder) throws IOException {
    List<String> images = new ArrayList<>();
    for (FileStatus status : fileSystem.listStatus(folder)) {
      String name = status.getPath().getName();
      String extension = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
      if (status.isFile() && !isHidden(name) && EXTENSIONS.contains(extension)) {
        images.add(status.getPath().toString());
      }
    }
    if (images.isEmpty()) {
      throw new DataException("%s has no images; remove it".formatted(folder));
    }
    images.sort(Comparator.naturalOrder());
    return images;
  }

  /** Such as macOS's ._cat.png, which is no image. */
  private static boolean isHidden(String name) {
    return name.startsWith(".") || name.startsWith("_") || name.equals("__MACOSX");
  }

  /** Numbers the classes in the order of their names, or of their numbers if they are numbers. */
  private EncodedImages numbered() {
    List<String> fine = classes(Labelled::fine);
    List<String> coarse = classes(Labelled::coarse);
    Map<String, Integer> fineNumbers = numbers(fine);
    Map<String, Integer> coarseNumbers = numbers(coarse);
    Map<Part, List<Slice>> slices = new TreeMap<>();
    files.forEach(
        (part, labelled) -> {
          List<Slice> ofPart = new ArrayList<>();
          for (int start = 0; start < labelled.size(); start += FILES_PER_SLICE) {
            int end = Math.min(labelled.size(), start + FILES_PER_SLICE);
            ofPart.add(
                new Files(
                    labelled.subList(start, end).stream()
                        .map(
                            each ->
                                new LabelledFile(
                                    each.file(),
                                    fineNumbers.getOrDefault(each.fine(), -1),
                                    coarseNumbers.getOrDefault(each.coarse(), -1)))
                        .toList()));
          }
          slices.put(part, ofPart);
        });
    return new EncodedImages(root.toString(), fine, coarse, slices);
  }

  /** A file with the numbers of its classes. */
  private record LabelledFile(String file, int fine, int coarse) implements Serializable {}

  private record Files(List<LabelledFile> files) implements Slice {

    Files {
      files = new ArrayList<>(files); // portable between Java versions, unlike List.of
    }

    @Override
    public int count() {
      return files.size();
    }

    @Override
    public void read(Configuration hadoop, Receiver receiver) {
      for (LabelledFile file : files) {
        try {
          byte[] content = Locations.read(file.file, hadoop, MAX_FILE_BYTES);
          receiver.image(file.file, file.fine, file.coarse, content);
        } catch (IOException e) {
          receiver.broken(file.file, e);
        }
      }
    }
  }

  private List<String> classes(Function<Labelled, String> name) {
    Set<String> names = new TreeSet<>();
    files.values().forEach(part -> part.forEach(each -> names.add(name.apply(each))));
    boolean numbers = names.stream().allMatch(each -> each.matches("\\d{1,9}"));
    return names.stream()
        .sorted(
            numbers
                ? Comparator.comparingInt(Integer::parseInt)
                : Comparator.<String>naturalOrder())
        .toList();
  }

  private static Map<String, Integer> numbers(List<String> names) {
    Map<String, Integer> numbers = new HashMap<>();
    names.forEach(name -> numbers.put(name, numbers.size()));
    return numbers;
  }
}
