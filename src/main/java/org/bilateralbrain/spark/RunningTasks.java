package org.bilateralbrain.spark;

import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobEnd;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.SparkListenerTaskStart;
import scala.collection.JavaConverters;

/**
 * Records which Spark jobs have a running task, and since when. Spark reports this only to
 * listeners.
 */
final class RunningTasks extends SparkListener {

  private final Map<Integer, Integer> jobByStage = new ConcurrentHashMap<>();

  /** Launch times in milliseconds since the epoch, by Spark job and task attempt. */
  private final Map<Integer, Map<Long, Long>> launches = new ConcurrentHashMap<>();

  @Override
  public void onJobStart(SparkListenerJobStart start) {
    launches.put(start.jobId(), new ConcurrentHashMap<>());
    JavaConverters.seqAsJavaList(start.stageIds())
        .forEach(stage -> jobByStage.put((Integer) stage, start.jobId()));
  }

  @Override
  public void onTaskStart(SparkListenerTaskStart start) {
    launchesOf(start.stageId()).put(start.taskInfo().taskId(), start.taskInfo().launchTime());
  }

  @Override
  public void onTaskEnd(SparkListenerTaskEnd end) {
    launchesOf(end.stageId()).remove(end.taskInfo().taskId());
  }

  @Override
  public void onJobEnd(SparkListenerJobEnd end) {
    launches.remove(end.jobId());
    jobByStage.values().removeIf(job -> job == end.jobId());
  }

  private Map<Long, Long> launchesOf(int stage) {
    Map<Long, Long> none = new ConcurrentHashMap<>();
    Integer job = jobByStage.get(stage);
    return job == null ? none : launches.getOrDefault(job, none);
  }

  /**
   * When the oldest of a Spark job's running tasks was launched, in milliseconds since the epoch;
   * empty if none is running.
   */
  OptionalLong sinceMillis(int sparkJob) {
    return launches.getOrDefault(sparkJob, Map.of()).values().stream()
        .mapToLong(Long::longValue)
        .min();
  }
}
