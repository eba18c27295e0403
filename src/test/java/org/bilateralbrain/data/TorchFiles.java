package org.bilateralbrain.data;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.bilateralbrain.nn.Weights;

/** Writes files as torch.save does. */
public final class TorchFiles {

  private TorchFiles() {}

  /** A state dictionary. */
  public static byte[] stateDictionary(Map<String, Weights.Tensor> tensors) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    TorchFileWriter file = new TorchFileWriter(out);
    for (Map.Entry<String, Weights.Tensor> entry : tensors.entrySet()) {
      file.add(entry.getKey(), entry.getValue());
    }
    file.finish();
    return out.toByteArray();
  }

  /** Adds an uncompressed entry. */
  static void store(ZipOutputStream zip, String name, byte[] content) throws IOException {
    CRC32 checksum = new CRC32();
    checksum.update(content);
    ZipEntry entry = new ZipEntry(name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(content.length);
    entry.setCrc(checksum.getValue());
    zip.putNextEntry(entry);
    zip.write(content);
    zip.closeEntry();
  }
}
