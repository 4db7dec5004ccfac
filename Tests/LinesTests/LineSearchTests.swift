import Testing

@testable import Lines

@Suite("Searching lines")
struct LineSearchTests {
    @Test("A text is found as it is, with or without its case; an expression within a line alone")
    func patterns() throws {
        let small = try SmallText("ok\nError: a.b\r\nerror: axb\nÄrger\n\nlast error")
        #expect(try small.search("a.b").numbers == [2])
        #expect(try small.search("error").numbers == [3, 6])
        #expect(try small.search("ERROR", ignoresCase: true).numbers == [2, 3, 6])
        #expect(try small.search("ärger", ignoresCase: true).numbers == [4])
        #expect(try small.search("a.b", isRegex: true).numbers == [2, 3])
        #expect(try small.search("^error", isRegex: true).numbers == [3])
        #expect(try small.search("b$", isRegex: true).numbers == [2, 3])
        #expect(try small.search("^$", isRegex: true).numbers == [5])
        #expect(try small.search("$", isRegex: true).numbers == [1, 2, 3, 4, 5, 6])
        #expect(try small.search(#"ok\nError|k[^x]E"#, isRegex: true).numbers.isEmpty)
        #expect(try small.search("error$", isRegex: true, from: 4).numbers == [6])
        #expect(try SmallText("").search("$", isRegex: true) == LineHits())
    }

    @Test("Words that an expression needs are found at any place, in any case that is the same, and none is missed")
    func words() throws {
        for place in 0..<200 {
            for rest in ["", "\n", " and more\nlast"] {
                let small = try SmallText(String(repeating: "e", count: place) + "Error" + rest)
                #expect(try small.search("ERROR", ignoresCase: true).numbers == [1])
                #expect(try small.search("fail|Error|panic", isRegex: true).numbers == [1])
                #expect(try small.search("error").numbers.isEmpty)
            }
        }
        // The Kelvin sign is a k, the long s an s, and letters beyond ASCII have two cases too.
        let small = try SmallText("\u{212A}ELVIN\nta\u{17F}\u{212A}s\nÜBERALL\nx1 error\n\u{212A}\nplain kelvin")
        for (pattern, lines) in [
            ("kelvin", [1, 6]), ("tasks", [2]), ("überall", [3]), ("Error|X1", [4]), ("k", [1, 2, 5, 6]),
        ] {
            #expect(try small.search(pattern, isRegex: true, ignoresCase: true).numbers == lines, "\(pattern)")
            #expect(try small.search("(?i)" + pattern, isRegex: true).numbers == lines, "\(pattern)")
        }
        // In small letters they are k and s, also where cases count.
        let odd = try SmallText("wasser\nWa\u{17F}\u{17F}er\n300 K\n300 \u{212A}")
        #expect(try odd.search("Wa\u{17F}\u{17F}er").numbers == [2])
        #expect(try odd.search("300 \u{212A}").numbers == [4])
        for pattern in ["Wa\u{17F}+er", #"Wa\x{17F}+er"#, #"Wa[\x{17F}]{2}er"#, #"Wa\577\577er"#, "(?i)WaSSer"] {
            #expect(try odd.search(pattern, isRegex: true).numbers.contains(2), "\(pattern)")
        }
        #expect(try small.search("(error)?.*1", isRegex: true).numbers == [4])
        #expect(try small.search(#"^plain\b.*\bkelvin$"#, isRegex: true).numbers == [6])
        let all = (1...40).map { "word\($0)" }
        let many = try SmallText(all.joined(separator: "\n"))
        #expect(try many.search(all.joined(separator: "|"), isRegex: true).numbers == Array(1...40))
    }

    @Test("What is no expression says why")
    func problems() {
        for (pattern, reason) in [("(", "missing ): ("), (#"(a)\1"#, #"invalid escape sequence: \1"#)] {
            #expect(throws: LinePattern.Problem(reason: reason)) {
                try LinePattern(pattern, isRegex: true, ignoresCase: false)
            }
        }
        #expect(throws: LinePattern.Problem.self) {
            try LinePattern("((a{900}){900}){900}", isRegex: true, ignoresCase: false)
        }
    }

    @Test("Each line is found once, however often a search is broken off at its limit or for its time")
    func resumed() throws {
        // Three blocks; lines of one block, and the first and the last.
        let lines = (1...20_000).map { $0 % 997 == 1 ? "a hit and a hit" : "line \($0)" }
        let small = try SmallText(lines.joined(separator: "\n"))
        let all = lines.indices.filter { lines[$0].contains("hit") }.map { $0 + 1 }
        for limit in [1, 2, 7, all.count, all.count + 1] {
            var (found, from) = ([Int](), 1)
            while true {
                let hits = try small.search("hit", from: from, limit: limit)
                #expect(hits.numbers.count <= limit)
                found += hits.numbers
                guard let next = hits.next else { break }
                from = next
            }
            #expect(found == all)
        }
        // The time is over at each second question.
        var (found, from, asked) = ([Int](), 1, 0)
        while true {
            let hits = try small.search("hit", from: from) {
                asked += 1
                return asked % 2 == 0
            }
            found += hits.numbers
            guard let next = hits.next else { break }
            #expect(hits.isOutOfTime)
            from = next
        }
        #expect(found == all && asked > 3)
    }

    @Test("A line of several pieces is searched to its end, also where they meet, and found once")
    func longLines() throws {
        for place in [10, 65_533, 200_000] {
            let long = Character("x").times(place) + "needle" + Character("y").times(300_000) + "needle"
            let small = try SmallText("needle\n\(long)\nneedle\n\(long)")
            #expect(try small.search("needle").numbers == [1, 2, 3, 4], "\(place)")
            #expect(try small.search("needle", from: 2, limit: 2) == LineHits(numbers: [2, 3], next: 4))
            #expect(try small.search("nothing").numbers.isEmpty)
            // Within a line nobody looks at the clock, or a search could never go on.
            var asked = 0
            let late = try small.search("nothing", from: 2) {
                asked += 1
                return asked > 1
            }
            #expect(late == LineHits(numbers: [], next: 4, isOutOfTime: true))
        }
    }

    @Test("An expression made to explode takes time in proportion to the text")
    func hostile() throws {
        let small = try SmallText(Character("a").times(65_535) + "\nd")
        for pattern in ["(a+a+)+b", "(a|aa)+$b", "(.*)(.*)(.*)(.*)(.*)b", "(a?){60}a{60}c", "(a|[^b]){400}c"] {
            #expect(try small.search(pattern, isRegex: true).numbers.isEmpty, "\(pattern)")
        }
    }

    @Test("Lines around those that were found are shown once, and an answer that is full says where to go on")
    func context() throws {
        let small = try SmallText((1...30).map { "line \($0)" }.joined(separator: "\n"))
        func shown(_ numbers: [Int], _ context: Int) throws -> [Int?] {
            try small.text.lines(numbers, context: context, by: small.index).page.lines.map(\.number)
        }
        #expect(try shown([5, 9, 20], 0) == [5, 9, 20])
        #expect(try shown([1, 5, 7, 30], 2) == [1, 2, 3, 4, 5, 6, 7, 8, 9, 28, 29, 30])
        #expect(try shown([3, 4], 20) == Array(1...24))
        #expect(try shown([], 3).isEmpty)

        let heavy = try SmallText((1...60).map { "\($0)" + Character("x").times(40_000) }.joined(separator: "\n"))
        let (page, left) = try heavy.text.lines([21, 40, 60], context: 20, by: heavy.index)
        #expect(page.isFull && page.lines.map(\.number) == Array(1...32))
        #expect(left == 40)
        let (second, last) = try heavy.text.lines([40, 60], context: 20, by: heavy.index)
        #expect(second.isFull && second.lines.contains { $0.number == 40 } && last == 60)
    }
}
