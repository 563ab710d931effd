import Foundation
import TestSupport
import Testing
import Values

@testable import Bench

@Suite struct ReportTests {
    private func figures(_ workload: String, _ connections: Int = 1, cpu: Double?, perSecond: Double = 100) -> Figures {
        Figures(
            workload: workload,
            title: Label("list", zh: "列表"),
            connections: connections,
            perSecond: perSecond,
            median: 1,
            p99: 2,
            errors: 0,
            bytes: 100,
            processor: cpu,
            others: cpu == nil ? nil : 0.25,
            bare: nil,
            engine: nil,
            firstError: nil
        )
    }

    private func report(_ results: [BenchResult]) -> BenchReport {
        let at = Instant(milliseconds: 1_767_225_600_000)
        let circumstances = Circumstances.here(commit: "abc1234", version: "0", command: "kehu bench", at: at)
        return BenchReport(circumstances: circumstances, results: results)
    }

    private func result(_ customers: Int, _ figures: [Figures]) -> BenchResult {
        var result = BenchResult(customers: customers)
        result.figures = figures
        return result
    }

    @Test func `a figure stands beside its limits and says when it misses`() {
        #expect(figures("W2", cpu: 0.1).mark == .aim)
        #expect(figures("W2", cpu: 0.2).mark == .reached)
        #expect(figures("W2", cpu: 0.3).mark == .missed)
        #expect(figures("hello", cpu: 0.3).mark == nil)
        #expect(Goals.importRows.mark(9999) == .missed)
        #expect(Goals.importRows.mark(25_000) == .aim)
        let text = report([result(1000, [figures("W2", cpu: 0.3), figures("W3", 8, cpu: 1, perSecond: 1500)])])
            .text(in: .en)
        #expect(text.contains("✗") && text.contains("0.25") && text.contains("0.12"))
        #expect(text.contains("abc1234") && text.contains("kehu bench"))
    }

    @Test func `growth is the cost at the largest size by that at the smallest`() throws {
        let small = result(1000, [figures("W1", cpu: 1), figures("W5", cpu: 1), figures("hello", cpu: 1)])
        let large = result(2000, [figures("W1", cpu: 1.5), figures("W5", cpu: 9), figures("hello", cpu: 1)])
        let growth = report([small, large]).growth
        #expect(growth.map(\.workload) == ["W1", "W5"])
        #expect(growth[0].ratio == 1.5)
        #expect(growth[0].mark == .missed)
        #expect(growth[1].mark == nil, "what reads all opportunities has no limit of growth")
        #expect(report([small]).growth.isEmpty)
        let json = try JSONReader.parse(report([small, large]).json)
        #expect(json["commit"]?.string == "abc1234")
        #expect(json["sizes"]?.array?.count == 2)
        #expect(json["growth"]?.array?.first?["mark"]?.string == "missed")
    }

    @Test func `without the server's process there is no processor time`() throws {
        let report = report([result(1000, [figures("W1", cpu: nil)])])
        let figure = try #require(try JSONReader.parse(report.json)["sizes"]?.array?.first?["figures"]?.array?.first)
        #expect(figure["cpu_ms"] == nil)
        #expect(figure["p50_ms"] != nil)
        #expect(report.text(in: .zh).contains("–"))
    }

    @Test func `what an import showed has its limits in both languages`() throws {
        var result = BenchResult(customers: 1000)
        let waiting = Waiting(writes: 40, median: 5, p99: 120, longest: 130, reads: 40, readP99: 3)
        result.imports = [
            ImportFigures(
                workload: "W7",
                id: "1",
                rows: 1000,
                seconds: 0.1,
                processor: 0.05,
                peak: 70,
                errors: 0,
                others: nil,
                firstError: nil
            ),
            ImportFigures(
                workload: "W7b",
                id: "1",
                rows: 1000,
                seconds: 0.5,
                processor: 0.4,
                peak: 70,
                errors: 1,
                others: waiting,
                firstError: "W3: 500"
            ),
        ]
        let report = report([result])
        #expect(!report.isRight)
        for language in [Language.en, .zh] {
            let text = report.text(in: language)
            #expect(text.contains("20000") && text.contains("120.0 ms p99") || text.contains("p99 120.0 ms"))
            #expect(text.contains("W3: 500"))
        }
        let imports = try #require(try JSONReader.parse(report.json)["sizes"]?.array?.first?["imports"]?.array)
        #expect(imports[0]["rows_per_cpu_second_mark"]?.string == "reached")
        #expect(imports[1]["write_p99_ms_mark"]?.string == "missed")
    }

    @Test func `a key is not written down with the command`() {
        let words = ["kehu", "bench", "--key", "secret", "--key=secret", "--json"]
        #expect(Circumstances.command(words) == "kehu bench --key … --key=… --json")
    }

    @Test func `a process on this machine has processor time and memory`() throws {
        let meter = try ProcessMeter.given(ProcessInfo.processInfo.processIdentifier)
        #expect(meter.memory.resident > 0)
        #expect(meter.memory.proportional > 0)
        #expect(meter.memory.peak >= meter.memory.resident / 2)
        #expect(throws: Problem.self) { try ProcessMeter.given(Int32.max) }
    }
}

@Suite struct LoadTests {
    @Test func `the file to import has twelve columns and the generator's customers`() throws {
        let set = DataSet(customers: 100, owners: (1...20).map { RecordID(Int64($0)) })
        let path = TestFolder.path(".csv")
        try CustomerFile(set: set).write(100..<130, to: path)
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\r\n")
        #expect(lines.count == 31)
        #expect(lines.allSatisfy { $0.split(separator: ",", omittingEmptySubsequences: false).count == 12 })
        #expect(lines[1].contains("C0000100") && lines[1].contains("公司000100"))
        #expect(lines[1].contains("销售"))
    }

    @Test func `the files that a page names are found once each`() {
        let page = """
            <link href="/assets/app-1a.css"><script src="/assets/app-2b.js"></script>
            <use href="/assets/icons-3c.svg#search"/><use href="/assets/icons-3c.svg#user"/> /assets/
            """
        #expect(
            PageLoad.references(Array(page.utf8)[...])
                == ["/assets/app-1a.css", "/assets/app-2b.js", "/assets/icons-3c.svg"]
        )
    }

    @Test func `an answer tells its headers and its size on the wire`() throws {
        let text = "HTTP/1.1 200 OK\r\nSet-Cookie: kehu_session=AbC; Path=/\r\nContent-Length: 2\r\n\r\nab"
        let answer = try #require(try Answer(Array(text.utf8)))
        #expect(answer.header("set-cookie") == "kehu_session=AbC; Path=/")
        #expect(answer.header("etag") == nil)
        #expect(answer.size == text.utf8.count)
    }

    @Test func `only the address of a server itself can be measured`() throws {
        let endpoint = try Endpoint(urls: "http://127.0.0.1:8080/")
        #expect(endpoint.port == 8080)
        #expect(try Endpoint(urls: "http://127.0.0.1").port == 80)
        let two = try Endpoint(urls: "http://127.0.0.1:8080,http://127.0.0.1:8081")
        #expect((0..<3).map { two.server(of: $0).port } == [8080, 8081, 8080])
        for url in ["https://127.0.0.1", "127.0.0.1:80", "http://", "http://127.0.0.1:x", "http://a:b:c"] {
            #expect(throws: Problem.self) { try Endpoint(urls: url) }
        }
    }

    @Test func `an import's answer says when it is over`() throws {
        func answer(_ json: String) throws -> Answer {
            let head = "HTTP/1.1 200 OK\r\nContent-Length: \(json.utf8.count)\r\n\r\n"
            return try #require(try Answer(Array((head + json).utf8)))
        }
        func state(_ json: String) throws -> ImportState? { try ImportState(answer(json)) }
        func undo(_ json: String) throws -> ImportState? { try ImportState(undo: answer(json)) }
        #expect(try state(#"{"state":"running","created":5}"#) == nil)
        #expect(try state(#"{"state":"done","created":7,"failed":0}"#)?.count == 7)
        #expect(try undo(#"{"state":"done","undo":{"state":"running","deleted":3}}"#) == nil)
        #expect(try undo(#"{"state":"done","undo":{"state":"done","deleted":6,"spared":1}}"#)?.count == 6)
        #expect(throws: (any Error).self) { try state(#"{"error":{}}"#) }
    }
}
