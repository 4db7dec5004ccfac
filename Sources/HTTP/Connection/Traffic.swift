import CoreMetrics

/// What goes over the connections of the network, counted.
package struct Traffic: Sendable {
    let openConnections: Meter
    let received: Counter
    let sent: Counter
    let readyAnswers: Counter

    package init(_ metrics: any MetricsFactory) {
        openConnections = Meter(label: "placet_http_open_connections", factory: metrics)
        received = Counter(label: "placet_http_request_body_bytes_total", factory: metrics)
        sent = Counter(label: "placet_http_response_body_bytes_total", factory: metrics)
        readyAnswers = Counter(label: "placet_http_ready_answers_total", factory: metrics)
    }
}
