import CZip
import Database
import Files
import Foundation
import Identity
import Privacy
import Records
import SQLText
import Synchronization
import TestSupport
import Testing
import Values

@Suite struct KeepingTests {
    /// A clock that tests move.
    private final class Time: Sendable {
        let at = Mutex(Int64(1_800_000_000_000))
        var clock: Clock { Clock { Instant(milliseconds: self.at.withLock { $0 }) } }
        func pass(days: Int64) { at.withLock { $0 += days * 86_400_000 } }
    }

    private func held(_ registry: Registry, _ subject: HeldSubject, _ format: HeldFormat) async throws -> String {
        var bytes: [UInt8] = []
        try await registry.privacy.writeHeld(of: subject, as: format, by: registry.officer) { bytes += $0 }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func `all that is held of a person is given out with notes, history and shares`() async throws {
        let registry = try await Registry.open()
        let lead = try await registry.make("leads", #"{"name":"<b>孙七</b>","mobile":"13700137000"}"#)
        try await registry.change("leads", lead, #"{"mobile":"13600136000"}"#)
        for index in 0..<120 {
            try await registry.make("activities", #"{"kind":"call","subject":"第\#(index)次","lead":"\#(lead)"}"#)
        }
        let json = try JSONReader.parse(try await held(registry, .record("leads", lead), .json))
        #expect(json["record"]?.array?.first?["mobile"]?.string == "+8613600136000")
        #expect(json["activities.lead"]?.array?.count == 120)
        #expect(json["history"]?.array?.map { $0["action"]?.string } == ["create", "update", "held"])
        #expect(json["history"]?.text.contains("+8613700137000") == true)
        let page = try await held(registry, .record("leads", lead), .html)
        #expect(page.contains("&lt;b&gt;孙七") && !page.contains("<b>孙七") && page.hasSuffix("</html>\n"))
        let chen = registry.chen
        let refused = await problem {
            try await registry.privacy.writeHeld(of: .record("leads", lead), as: .json, by: chen) { _ in }
        }
        #expect(refused?.kind == .forbidden)
    }

    /// Hangs a file on a record.
    private func attach(_ text: String, _ name: String, to plural: String, _ id: RecordID, _ registry: Registry)
        async throws -> StoredFile
    {
        let path = registry.files.uploads + "/" + UUID().uuidString
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        return try await registry.files.take(path, name: name, to: (plural, id), as: registry.chen)
    }

    /// The texts in an archive by their names.
    private func texts(_ bytes: [UInt8]) throws -> [String: String] {
        let path = TestFolder.path(".zip")
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        var code: Int32 = 0
        let archive = try #require(zip_open(path, ZIP_RDONLY, &code))
        defer { zip_discard(archive) }
        var found: [String: String] = [:]
        for index in 0..<zip_uint64_t(zip_get_num_entries(archive, 0)) {
            let name = String(cString: try #require(zip_get_name(archive, index, 0)))
            let file = try #require(zip_fopen_index(archive, index, 0))
            defer { zip_fclose(file) }
            var (text, part) = ([UInt8](), [UInt8](repeating: 0, count: 65_536))
            while case let count = zip_fread(file, &part, 65_536), count > 0 { text += part[..<Int(count)] }
            found[name] = String(decoding: text, as: UTF8.self)
        }
        return found
    }

    @Test func `an archive has the files of a person and of the notes, and what was merged into the record`()
        async throws
    {
        let registry = try await Registry.open()
        let kept = try await registry.make("contacts", #"{"name":"王小芳","mobile":"13800138000"}"#)
        let other = try await registry.make("contacts", #"{"name":"王小芳","mobile":"13900139000"}"#)
        let note = try await registry.make("activities", #"{"kind":"note","subject":"喝茶","contact":"\#(kept)"}"#)
        try await registry.change("activities", note, #"{"subject":"喝咖啡"}"#)
        let files = [
            try await attach("身份证", "证件.txt", to: "contacts", kept, registry),
            try await attach("名片", "名片.txt", to: "contacts", other, registry),
            try await attach("会谈纪要", "纪要.txt", to: "activities", note, registry),
        ]
        try await registry.engine.write(as: registry.officer) { session in
            _ = try session.merge(try session.object("contacts"), MergeRequest(survivor: kept, others: [other]))
        }
        var bytes: [UInt8] = []
        try await registry.privacy.writeHeld(of: .record("contacts", kept), as: .zip, by: registry.officer) {
            bytes += $0
        }
        let found = try texts(bytes)
        #expect(found.count == 5 && found["held.html"]?.contains("13900139000") == true)
        for (file, text) in zip(files, ["身份证", "名片", "会谈纪要"]) {
            #expect(found["files/\(file.id)/\(file.name)"] == text)
        }
        let json = try JSONReader.parse(try #require(found["held.json"]))
        #expect(json["merged"]?.array?.map { $0["mobile"]?.string } == ["+8613900139000"])
        let records = Set((json["history"]?.array ?? []).compactMap { $0["record"]?.string })
        #expect(records == [kept.description, other.description])
        #expect(json["activities.history"]?.text.contains("喝茶") == true)
        #expect(json["activities.files"]?.array?.map { $0["name"]?.string } == ["纪要.txt"])
        let scratch = try FileManager.default.contentsOfDirectory(atPath: registry.files.uploads)
        #expect(scratch.filter { $0.hasPrefix("held-") }.isEmpty)
    }

    @Test func `a file whose content is lost is named as missing, and all others are given out`() async throws {
        let registry = try await Registry.open()
        let lead = try await registry.make("leads", #"{"name":"孙七"}"#)
        let lost = try await attach("名片", "名片.txt", to: "leads", lead, registry)
        let kept = try await attach("会谈纪要", "纪要.txt", to: "leads", lead, registry)
        try FileManager.default.removeItem(atPath: registry.files.store.path(lost.hash))
        var bytes: [UInt8] = []
        try await registry.privacy.writeHeld(of: .record("leads", lead), as: .zip, by: registry.officer) {
            bytes += $0
        }
        let found = try texts(bytes)
        #expect(found.count == 3 && found["files/\(kept.id)/纪要.txt"] == "会谈纪要")
        let json = try JSONReader.parse(try #require(found["held.json"]))
        let missing = (json["files"]?.array ?? []).filter { $0["content_missing"]?.bool == true }
        #expect(missing.map { $0["name"]?.string } == ["名片.txt"])
        let page = try #require(found["held.html"])
        let words = ["文件内容缺失", "The content is missing"].map { page.components(separatedBy: $0).count - 1 }
        #expect(words.reduce(0, +) == 1)
    }

    @Test func `no file is left out, however many there are`() async throws {
        let registry = try await Registry.open()
        let lead = try await registry.make("leads", #"{"name":"孙七"}"#)
        let file = try await attach("一", "一.txt", to: "leads", lead, registry)
        try await registry.engine.database.write { connection in
            for index in 1...1100 {
                try connection.run(
                    """
                    INSERT INTO sys_file (id, name, size, type, hash, created_at, object, record)
                    VALUES (\(file.id.raw + Int64(index)), \("\(index).txt"), 1, 'text/plain', \(file.hash), 0, 'lead', \(lead))
                    """
                )
            }
        }
        let json = try JSONReader.parse(try await held(registry, .record("leads", lead), .json))
        #expect(json["files"]?.array?.count == 1101)
    }

    @Test func `what is held of a user tells of log-ins and deeds`() async throws {
        let registry = try await Registry.open()
        try await registry.make("leads", #"{"name":"孙七"}"#)
        let id = try #require(registry.chen.userID)
        let json = try JSONReader.parse(try await held(registry, .user(id), .json))
        #expect(json["user"]?.array?.first?["name"]?.string == "陈")
        #expect(json["history"]?.array?.count == 1 && json["log_ins"]?.array?.isEmpty == true)
    }

    @Test func `a rule deletes, erases or purges what is old enough and nothing else, once a day`() async throws {
        let time = Time()
        let registry = try await Registry.open(clock: time.clock)
        let old = try await registry.make("leads", #"{"name":"旧线索","mobile":"13700137000"}"#)
        time.pass(days: 40)
        let fresh = try await registry.make("leads", #"{"name":"新线索"}"#)
        let rule = RetentionRule(object: "lead", filter: "status != \"converted\"", days: 30, action: .erase)
        let due = try await registry.engine.read(as: registry.officer) { try registry.privacy.due(rule, $0) }
        #expect(due.count == 1 && due.names.map(\.name) == ["旧线索"])
        let stored = try await registry.engine.write(as: registry.officer) { try registry.privacy.add(rule, $0) }
        #expect(try await registry.privacy.runRetention() == 1)
        #expect(try await registry.show("leads", old)["mobile"]?.isNull == true)
        #expect(try await registry.show("leads", fresh)["name"]?.string == "新线索")
        time.pass(days: 60)
        #expect(try await registry.privacy.runRetention() == 1)
        #expect(try await registry.privacy.runRetention() == 0)
        try await registry.engine.write(as: registry.officer) { try registry.privacy.remove(stored.id, $0) }
        for action in [RetentionRule.Action.delete, .purge] {
            time.pass(days: 40)
            let rule = RetentionRule(object: "lead", days: 30, action: action)
            _ = try await registry.engine.write(as: registry.officer) { try registry.privacy.add(rule, $0) }
            #expect(try await registry.privacy.runRetention() == 2)
        }
        #expect(try await registry.faults().isEmpty)
    }

    @Test func `a run that was broken off counts what it had done before, and whom the start erased`() async throws {
        let time = Time()
        let registry = try await Registry.open(clock: time.clock)
        let first = try await registry.make("leads", #"{"name":"线索一"}"#)
        try await registry.make("leads", #"{"name":"线索二"}"#)
        time.pass(days: 40)
        let rule = RetentionRule(object: "lead", days: 30, action: .erase)
        let stored = try await registry.engine.write(as: registry.officer) { try registry.privacy.add(rule, $0) }
        // As a crash leaves it: three were erased, and of a fourth it is only known that a rule wanted it.
        let name = "retention:\(stored.id)"
        try await registry.engine.database.write { connection in
            try connection.run("INSERT INTO sys_counter (name, value) VALUES (\(name), 3)")
            try connection.run("INSERT INTO sys_counter (name, value) VALUES (\(name + ":erasing"), \(first))")
        }
        _ = try await registry.privacy.erase("leads", first, confirmation: "线索一", as: registry.officer)
        #expect(try await registry.privacy.runRetention() == 5)
        let rules = try await registry.engine.read(as: registry.officer) { try Privacy.retention($0) }
        #expect(rules.map(\.ranCount) == [5])
        let left = try await registry.engine.database.read { connection in
            try connection.value("SELECT count(*) FROM sys_counter WHERE name LIKE 'retention:%'").integer
        }
        #expect(left == 0)
        // The next run begins anew.
        time.pass(days: 2)
        #expect(try await registry.privacy.runRetention() == 0)
    }

    @Test func `a rule that could not run is refused`() async throws {
        let registry = try await Registry.open()
        let wrong = [
            RetentionRule(object: "nothing", days: 1, action: .delete),
            RetentionRule(object: "lead", days: 0, action: .delete),
            RetentionRule(object: "lead", field: "name", days: 1, action: .delete),
            RetentionRule(object: "lead", filter: "colour = 1", days: 1, action: .delete),
            RetentionRule(object: "product", days: 1, action: .erase),
        ]
        for rule in wrong {
            let refused = await problem {
                _ = try await registry.engine.write(as: registry.officer) { try registry.privacy.add(rule, $0) }
            }
            #expect(refused != nil, "\(rule)")
        }
        let chen = registry.chen
        let forbidden = await problem {
            _ = try await registry.engine.write(as: chen) {
                try registry.privacy.add(RetentionRule(object: "lead", days: 1, action: .delete), $0)
            }
        }
        #expect(forbidden?.kind == .forbidden)
    }
}
