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
 * Which Spark jobs have a task on an executor, and since when: Spark tells its listeners and nobody
 * else.
 */
final class RunningTasks extends SparkListener {

  private final Map<Integer, Integer> jobOfStage = new ConcurrentHashMap<>();

  /** By Spark job and task attempt, the time of its launch in milliseconds of the epoch. */
  private final Map<Integer, Map<Long, Long>> launches = new ConcurrentHashMap<>();

  @Override
  public void onJobStart(SparkListenerJobStart start) {
    launches.put(start.jobId(), new ConcurrentHashMap<>());
    JavaConverters.seqAsJavaList(start.stageIds())
        .forEach(stage -> jobOfStage.put((Integer) stage, start.jobId()));
  }

  @Override
  public void onTaskStart(SparkListenerTaskStart start) {
    ofStage(start.stageId()).put(start.taskInfo().taskId(), start.taskInfo().launchTime());
  }

  @Override
  public void onTaskEnd(SparkListenerTaskEnd end) {
    ofStage(end.stageId()).remove(end.taskInfo().taskId());
  }

  @Override
  public void onJobEnd(SparkListenerJobEnd end) {
    launches.remove(end.jobId());
    jobOfStage.values().removeIf(job -> job == end.jobId());
  }

  private Map<Long, Long> ofStage(int stage) {
    Map<Long, Long> none = new ConcurrentHashMap<>();
    Integer job = jobOfStage.get(stage);
    return job == null ? none : launches.getOrDefault(job, none);
  }

  /** When the oldest of a job's tasks that are running now was launched; empty if none is. */
  OptionalLong sinceMillis(int sparkJob) {
    return launches.getOrDefault(sparkJob, Map.of()).values().stream()
        .mapToLong(Long::longValue)
        .min();
  }
}
