import CoreMetrics
import Index

/// How attempts ended, by way. All are there from the start, so that a figure of none is zero.
struct NoticeCounters: Sendable {
    enum Outcome: String, CaseIterable {
        case sent, failed, unsubscribed
        case givenUp = "given_up"
    }

    private let counters: [String: Counter]

    init(_ metrics: any MetricsFactory) {
        var counters: [String: Counter] = [:]
        for way in NoticeWay.Kind.allCases {
            for outcome in Outcome.allCases {
                let dimensions = [("way", way.rawValue), ("outcome", outcome.rawValue)]
                counters[way.rawValue + outcome.rawValue] = Counter(
                    label: "placet_notices_total",
                    dimensions: dimensions,
                    factory: metrics
                )
            }
        }
        self.counters = counters
    }

    func count(_ outcome: Outcome, by way: NoticeWay.Kind) {
        counters[way.rawValue + outcome.rawValue]?.increment()
    }
}
