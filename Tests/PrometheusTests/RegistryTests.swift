import CoreMetrics
import Prometheus
import Testing

@Suite("The page of metrics")
struct RegistryTests {
    @Test("it has each family with help, kind and series, in the given order, and labels that stay what they are")
    func page() {
        let registry = Registry([
            Family("b_total", .counter, "What b is."), Family("a", .gauge, "What a is."),
            Family("c", .gauge, "Nothing yet."),
        ])
        Counter(label: "b_total", dimensions: [("of", #"a "\#n\"#)], factory: registry).increment(by: 3)
        Counter(label: "b_total", dimensions: [("of", "a"), ("for", "x")], factory: registry).increment()
        let level = Meter(label: "a", factory: registry)
        level.set(2.5)
        level.increment(by: 2)
        level.decrement()
        #expect(
            registry.text == #"""
                # HELP b_total What b is.
                # TYPE b_total counter
                b_total{of="a \"\n\\"} 3
                b_total{of="a",for="x"} 1
                # HELP a What a is.
                # TYPE a gauge
                a 3.5
                # HELP c Nothing yet.
                # TYPE c gauge

                """#
        )
    }

    @Test("a histogram counts each value in all buckets that have room for it; a bound belongs to its bucket")
    func histogram() {
        let registry = Registry([
            Family("units", .histogram([1, 4]), "Many."), Family("time", .histogram([0.5]), "Seconds."),
        ])
        let units = Recorder(label: "units", dimensions: [("of", "x")], factory: registry)
        for value in [1, 2, 4, 5] { units.record(value) }
        Timer(label: "time", factory: registry).recordMilliseconds(250)
        #expect(
            registry.text == """
                # HELP units Many.
                # TYPE units histogram
                units_bucket{of="x",le="1"} 1
                units_bucket{of="x",le="4"} 3
                units_bucket{of="x",le="+Inf"} 4
                units_sum{of="x"} 12
                units_count{of="x"} 4
                # HELP time Seconds.
                # TYPE time histogram
                time_bucket{le="0.5"} 1
                time_bucket{le="+Inf"} 1
                time_sum 0.25
                time_count 1

                """
        )
    }

    @Test("equal names and labels are one series, however many ask for it")
    func oneSeries() {
        let registry = Registry([Family("a_total", .counter, "A.")])
        for _ in 1...2 { Counter(label: "a_total", factory: registry).increment() }
        #expect(registry.text.hasSuffix("\na_total 2\n"))
    }
}
