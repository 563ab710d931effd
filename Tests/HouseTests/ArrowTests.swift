import Foundation
import Testing

/// The rules about who may know whom. docs/architecture.md holds the table; the package and the imports follow it.
@Suite struct ArrowTests {
    private let features: Set<String> = ["Customers", "Sales", "Costing"]
    /// What belongs to the language and the system, and may be imported anywhere.
    private let system: Set<String> = [
        "Foundation", "FoundationEssentials", "Synchronization", "Dispatch", "Glibc", "Musl", "Swift", "RegexBuilder",
    ]

    @Test func `only the database layer knows GRDB`() {
        #expect(importers(of: ["GRDB", "GRDBSQLite"], outside: "Database") == [])
    }

    @Test func `only passwords, secrets, sealed archives and signatures know libsodium`() {
        let others = importers(of: ["CSodium"], outside: "Identity").filter {
            !$0.hasPrefix("Sources/Operations/") && !$0.hasPrefix("Sources/Delivery/")
        }
        #expect(others == [])
    }

    @Test func `only what leaves the program knows libcurl`() {
        #expect(importers(of: ["CCurl"], outside: "Delivery") == [])
    }

    @Test func `only the pages know libqrencode`() {
        #expect(importers(of: ["CQREncode"], outside: "Pages") == [])
    }

    @Test func `no feature imports another feature or what stands above it`() {
        let refused = features.union(["WebServer", "Demo", "App"])
        let offenders = SourceTree.sources.filter { features.contains($0.target) }.flatMap { file in
            file.imports.filter { refused.contains($0.module) }.map { "\($0.place) imports \($0.module)" }
        }
        #expect(offenders == [])
    }

    @Test func `every import follows an arrow of the architecture`() throws {
        let arrows = try documentedArrows()
        let offenders = SourceTree.sources.flatMap { file in
            file.imports.filter { !system.contains($0.module) && arrows[file.target]?.contains($0.module) != true }
                .map { "\($0.place) imports \($0.module)" }
        }
        #expect(offenders == [])
    }

    @Test func `the package declares the arrows of the architecture`() throws {
        let (documented, declared) = (try documentedArrows(), try packageArrows())
        #expect(!declared.isEmpty)
        let offenders = Set(documented.keys).union(declared.keys).sorted().filter { documented[$0] != declared[$0] }
        #expect(
            offenders == [],
            "docs/architecture.md «Targets and arrows» and Package.swift differ in these targets"
        )
    }

    @Test func `the architecture names every folder of Sources`() {
        let document = SourceTree.text("docs/architecture.md")
        let folders = SourceTree.folders(in: "Sources").filter { $0.split(separator: "/").count == 2 }
        #expect(folders.count > 10)
        #expect(folders.filter { !document.contains("| `\($0.dropFirst("Sources/".count))` |") } == [])
    }

    private func importers(of modules: Set<String>, outside target: String) -> [String] {
        SourceTree.sources.filter { $0.target != target }.flatMap { file in
            file.imports.filter { modules.contains($0.module) }.map(\.place)
        }
    }

    /// The table of docs/architecture.md: a target, and what it may import.
    private func documentedArrows() throws -> [String: Set<String>] {
        let document = SourceTree.text("docs/architecture.md")
        let section = try #require(document.components(separatedBy: "\n## Targets and arrows").dropFirst().first)
        let rows = section.components(separatedBy: "\n## ")[0].split(separator: "\n").filter { $0.hasPrefix("| `") }
        return rows.reduce(into: [:]) { arrows, row in
            let names = row.matches(of: /`(\w+)`/).map { String($0.output.1) }
            arrows[names[0]] = Set(names.dropFirst())
        }
    }

    /// The dependencies that Package.swift gives to the targets of `Sources`.
    private func packageArrows() throws -> [String: Set<String>] {
        let text = SourceTree.text("Package.swift").replacing(/package: "[^"]*"/, with: "")
        let shared = quoted(
            try #require(text.firstMatch(of: /layer\(\s*name,\s*\[([^\]]*)\](?: \+ more)?\s*\)/)).output.1
        )
        let libraries = text.matches(of: /\nlet (\w+)(?:: \[Target\.Dependency\])? = ([^=]*?)(?=\n(?:\n|let))/)
        var arrows: [String: Set<String>] = [:]
        for call in text.matches(of: /(layer|feature)\(\s*"(\w+)"/) {
            let arguments = argumentList(text[call.output.2.endIndex...].dropFirst())
            var names = call.output.1 == "feature" ? shared.union(quoted(arguments)) : quoted(arguments)
            for library in libraries where arguments.contains(library.output.1) && library.output.2.contains("name:") {
                names.formUnion(quoted(library.output.2))
            }
            arrows[String(call.output.2)] = names
        }
        let program = try #require(text.firstMatch(of: /executableTarget\(name: "kehu", dependencies: \[([^\]]*)\]/))
        arrows["kehu"] = quoted(program.output.1)
        return arrows
    }

    /// The text up to the parenthesis that closes the call, without what is for tests only.
    private func argumentList(_ text: Substring) -> Substring {
        var depth = 1
        let list = text.prefix { character in
            if character == "(" { depth += 1 }
            if character == ")" { depth -= 1 }
            return depth > 0
        }
        return list.firstRange(of: "tests:").map { list[..<$0.lowerBound] } ?? list
    }

    private func quoted(_ text: Substring) -> Set<String> {
        Set(text.matches(of: /"(\w+)"/).map { String($0.output.1) })
    }
}
