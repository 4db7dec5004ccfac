import Prometheus

extension StatusModule {
    /// Everything that `/metrics` shows. Who counts something names its family by the same name.
    package static let metricFamilies = [
        Family("placet_build_info", .gauge, "Always 1; the label says which release this is."),

        Family("placet_http_requests_total", .counter, "Requests, by route and class of status."),
        Family(
            "placet_http_request_duration_seconds",
            .histogram([0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]),
            "How long it took until the answer began; where a client waits for something, its wait too."
        ),
        Family("placet_http_request_body_bytes_total", .counter, "Bytes of bodies that clients sent."),
        Family("placet_http_response_body_bytes_total", .counter, "Bytes of bodies that were sent to clients."),
        Family("placet_http_ready_answers_total", .counter, "Requests that were answered at once, without a task."),
        Family("placet_http_open_connections", .gauge, "Connections that are open."),
        Family("placet_rate_limited_total", .counter, "Requests refused with 429 because too many came, by limit."),

        Family(
            "placet_commit_units",
            .histogram([1, 2, 4, 8, 16, 32, 64, 128, 256]),
            "How many units the writer committed together."
        ),
        Family(
            "placet_commit_duration_seconds",
            .histogram([0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5]),
            "How long a group commit took, its flush included."
        ),
        Family("placet_waiting_units", .gauge, "Units that wait for the writer."),
        Family("placet_parked_waits", .gauge, "Requests and background work that sleep until something changes."),

        Family("placet_files", .gauge, "Files, as users see them; at most a minute old."),
        Family("placet_file_bytes", .gauge, "Their bytes; a content counts once for each file that has it."),
        Family("placet_blobs", .gauge, "Contents on disk, each once."),
        Family("placet_blob_bytes", .gauge, "Their bytes."),
        Family("placet_deduplication_ratio", .gauge, "Bytes of files to bytes of contents that have a file."),
        Family("placet_reclaimable_bytes", .gauge, "Bytes on disk that no file has any more."),
        Family("placet_disk_free_bytes", .gauge, "What the disk has left, the reserve included."),

        Family("placet_collector_runs_total", .counter, "Collections, those without anything to collect included."),
        Family("placet_collector_files_total", .counter, "Expired files that the collector removed."),
        Family("placet_collector_blobs_total", .counter, "Contents that the collector removed."),
        Family("placet_collector_freed_bytes_total", .counter, "Bytes that this freed, once they were off the disk."),

        Family("placet_webhook_attempts_total", .counter, "Attempts to deliver an event, by how they ended."),
        Family("placet_webhook_deliveries_waiting", .gauge, "Events that are not delivered and not given up."),

        Family("placet_notices_total", .counter, "Notices to people, by way and by how the attempt ended."),

        Family("placet_s3_requests_total", .counter, "Requests to the object store, by what for and how they ended."),
        Family("placet_s3_retries_total", .counter, "Those that were made again."),

        Family("placet_log_lines_dropped_total", .counter, "Lines dropped because nobody read the log."),

        // As all programs have them.
        Family("process_cpu_seconds_total", .counter, "Processor time, of users and of the system."),
        Family("process_resident_memory_bytes", .gauge, "Resident memory."),
        Family("process_open_fds", .gauge, "Open descriptors."),
        Family("process_max_fds", .gauge, "How many descriptors may be open."),
        Family("process_start_time_seconds", .gauge, "When the process started, in seconds since 1970."),
    ]
}
