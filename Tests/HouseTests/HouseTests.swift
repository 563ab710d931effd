import Testing

/// The rules of the house that neither the compiler nor the formatter knows. Offenders are listed as `file:line`.
@Suite struct HouseTests {
    private let sources = SourceTree.sources

    @Test func `only the command line prints`() {
        let files = sources.filter { !$0.path.hasPrefix("Sources/App/Commands/") && $0.target != "kehu" }
        #expect(files.flatMap { $0.offences { $0.holds("print(") && $0.contains(/(^|[^\w.])print\(/) } } == [])
    }

    @Test func `only Instant asks the machine for the time`() {
        let files = sources.filter { $0.path != "Sources/Values/Instant.swift" }
        #expect(files.flatMap { $0.offences { $0.holds("Date") && $0.contains(/\bDate\(\)|\bDate\.now\b/) } } == [])
    }

    @Test func `nothing in the program may crash on purpose`() {
        let offenders = sources.flatMap { file in
            file.offences {
                $0.holds(oneOf: ["try!", "as!", "fatalError(", "preconditionFailure("])
                    && $0.contains(/\btry!|\bas!|\b(fatalError|preconditionFailure)\(/)
            }
        }
        #expect(offenders == [])
    }

    @Test func `only the database layer vouches for its own thread safety`() {
        let files = sources.filter { $0.target != "Database" }
        let words: [StaticString] = ["@unchecked Sendable", "nonisolated(unsafe)"]
        #expect(files.flatMap { $0.offences { $0.holds(oneOf: words) } } == [])
    }

    @Test func `a file is shorter than 400 lines`() {
        let files = (sources + SourceTree.tests).filter { $0.lines.count > 400 }
        #expect(files.map { "\($0.path):\($0.lines.count)" } == [])
    }

    @Test func `a function is shorter than 60 lines`() {
        let offenders = sources.flatMap { file in
            functions(of: file).filter { $0.length >= 60 }.map { "\(file.path):\($0.line) has \($0.length) lines" }
        }
        #expect(offenders == [])
    }

    @Test func `no folder collects what belongs elsewhere`() {
        let refused: Set<Substring> = ["Utils", "Helpers", "Extensions", "Common"]
        let folders = SourceTree.folders(in: "Sources") + SourceTree.folders(in: "Tests")
        #expect(folders.filter { refused.contains($0.split(separator: "/").last ?? "") } == [])
    }

    @Test func `every label says something in English and in Chinese`() {
        let offenders = sources.flatMap { file in
            labels(of: file).filter { $0.english.isEmpty || $0.chinese.isEmpty || !readsAsChinese($0.chinese) }
                .map { "\(file.path):\($0.line) «\($0.english)» «\($0.chinese)»" }
        }
        #expect(offenders == [])
        #expect(sources.map { labels(of: $0).count }.reduce(0, +) > 10)
    }

    /// The store adds the condition that hides what a person may not see. SQL that names an object's table elsewhere
    /// must carry that condition on the same line.
    @Test func `whatever the audit log says was done has words`() {
        let known = Set(
            SourceTree.text("Sources/WebServer/AdminPages/AuditWords.swift")
                .matches(of: /\("([a-z_]+)", [A-Z]/).map { String($0.output.1) }
        )
        func lines(with sign: String, in files: [SourceFile]) -> String {
            files.map { $0.lines.filter { $0.contains(sign) }.joined(separator: "\n") }.joined(separator: "\n")
        }
        let entries = lines(with: "AuditEntry(\"", in: sources)
        let records = lines(with: "action: \"", in: sources.filter { $0.target == "Records" })
        let said =
            entries.matches(of: /AuditEntry\("([a-z_]+)"/).map { String($0.output.1) }
            + records.matches(of: /action: "([a-z_]+)"/).map { String($0.output.1) }
        #expect(said.count > 20)
        #expect(Set(said).subtracting(known) == [])
    }

    @Test func `nobody reads the table of an object past the rights`() {
        let allowed: Set<String> = ["Records", "Search", "Demo"]
        let table = /\b(FROM|JOIN|UPDATE|INTO) "?(\w+)"?/
        let words: [StaticString] = ["FROM ", "JOIN ", "UPDATE ", "INTO "]
        let objects = declaredObjects()
        let offenders = sources.filter { !allowed.contains($0.target) }.flatMap { file in
            file.lines.indices.filter { index in
                let line = file.lines[index]
                guard line.holds(oneOf: words), !line.contains(/\\\(\w*[aA]ccess/) else { return false }
                return line.matches(of: table).contains { objects.contains(String($0.output.2)) }
            }.map { "\(file.path):\($0 + 1)" }
        }
        #expect(offenders == [])
    }

    /// The keys of the standard objects: those planned, and whatever the features declare.
    private func declaredObjects() -> Set<String> {
        let known: Set<String> = ["customer", "contact", "activity", "lead", "opportunity", "product"]
        let features = sources.filter { $0.target == "Customers" || $0.target == "Sales" }
        return features.reduce(into: known) { keys, file in
            let declaring = file.lines.indices.filter { file.lines[$0].holds(oneOf: [".declared(", "let key = "]) }
            let text = declaring.map {
                file.lines[$0] + (file.lines.indices.contains($0 + 1) ? file.lines[$0 + 1] : "")
            }
            for match in text.joined(separator: "\n").matches(of: /(?:\.declared\(\s*|let key = )"(\w+)"/) {
                keys.insert(String(match.output.1))
            }
        }
    }
}
