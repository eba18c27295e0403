package org.bilateralbrain.nn.layers;

/**
 * Finds the k largest of many numbered values exactly as PyTorch's {@code topk} does on a CPU, equal values included.
 * Images have plenty of those (a white background makes hundreds of equal values in a map), and which of them win
 * changes what a sparse network computes by several percent. PyTorch leaves the choice to the C++ library: {@code
 * std::partial_sort} for small k, else {@code std::nth_element}; these are the algorithms of GNU's library
 * (introselect: quickselect with the median of three, and a heap where that takes too long).
 *
 * <p>An entry holds a value's rank in its upper half, see {@link #entry}, and its number in the lower one.
 */
final class TopK {

  /** PyTorch's limit: k times this at most as many as there are values. */
  private static final int PARTIAL_SORT_FACTOR = 64;

  private final long[] entries;

  private TopK(long[] entries) {
    this.entries = entries;
  }

  static long entry(float value, int number) {
    return (long) rank(value) << Integer.SIZE | number;
  }

  static int number(long entry) {
    return (int) entry;
  }

  /** A whole number that compares as the float does; zero for both zeros; not-a-number is the largest. */
  private static int rank(float value) {
    if (Float.isNaN(value)) {
      return Integer.MAX_VALUE;
    }
    int bits = Float.floatToRawIntBits(value + 0f);
    return bits ^ bits >> 31 & Integer.MAX_VALUE;
  }

  /** Brings the k largest to the front, in no particular order. */
  static void toFront(long[] entries, int k) {
    TopK topK = new TopK(entries);
    if ((long) k * PARTIAL_SORT_FACTOR <= entries.length) {
      topK.selectByHeap(0, k, entries.length);
    } else if (k < entries.length) {
      topK.select(k - 1);
    }
  }

  private static boolean before(long a, long b) {
    return (int) (a >> Integer.SIZE) > (int) (b >> Integer.SIZE);
  }

  private void select(int nth) {
    int first = 0;
    int last = entries.length;
    int depthLeft = 2 * (Integer.SIZE - 1 - Integer.numberOfLeadingZeros(last));
    while (last - first > 3) {
      if (depthLeft-- == 0) {
        selectByHeap(first, nth + 1, last);
        swap(first, nth);
        return;
      }
      int cut = partition(first, last);
      if (cut <= nth) {
        first = cut;
      } else {
        last = cut;
      }
    }
    sortByInsertion(first, last);
  }

  private int partition(int first, int last) {
    moveMedianTo(first, first + 1, first + (last - first) / 2, last - 1);
    long pivot = entries[first];
    int low = first + 1;
    int high = last;
    while (true) {
      while (before(entries[low], pivot)) {
        low++;
      }
      high--;
      while (before(pivot, entries[high])) {
        high--;
      }
      if (low >= high) {
        return low;
      }
      swap(low, high);
      low++;
    }
  }

  private void moveMedianTo(int target, int a, int b, int c) {
    if (before(entries[a], entries[b])) {
      if (before(entries[b], entries[c])) {
        swap(target, b);
      } else {
        swap(target, before(entries[a], entries[c]) ? c : a);
      }
    } else if (before(entries[a], entries[c])) {
      swap(target, a);
    } else {
      swap(target, before(entries[b], entries[c]) ? c : b);
    }
  }

  private void sortByInsertion(int first, int last) {
    for (int i = first + 1; i < last; i++) {
      long entry = entries[i];
      int hole = i;
      while (hole > first && before(entry, entries[hole - 1])) {
        entries[hole] = entries[hole - 1];
        hole--;
      }
      entries[hole] = entry;
    }
  }

  /** Keeps the largest in a heap with the least of them at its top. */
  private void selectByHeap(int first, int middle, int last) {
    int length = middle - first;
    for (int parent = (length - 2) / 2; length > 1 && parent >= 0; parent--) {
      sink(first, parent, length, entries[first + parent]);
    }
    for (int i = middle; i < last; i++) {
      if (before(entries[i], entries[first])) {
        long entry = entries[i];
        entries[i] = entries[first];
        sink(first, 0, length, entry);
      }
    }
  }

  private void sink(int first, int top, int length, long entry) {
    int hole = top;
    int child = top;
    while (child < (length - 1) / 2) {
      child = 2 * (child + 1);
      if (before(entries[first + child], entries[first + child - 1])) {
        child--;
      }
      entries[first + hole] = entries[first + child];
      hole = child;
    }
    if (length % 2 == 0 && child == (length - 2) / 2) {
      child = 2 * child + 1;
      entries[first + hole] = entries[first + child];
      hole = child;
    }
    int parent = (hole - 1) / 2;
    while (hole > top && before(entries[first + parent], entry)) {
      entries[first + hole] = entries[first + parent];
      hole = parent;
      parent = (hole - 1) / 2;
    }
    entries[first + hole] = entry;
  }

  private void swap(int i, int j) {
    long swapped = entries[i];
    entries[i] = entries[j];
    entries[j] = swapped;
  }
}
