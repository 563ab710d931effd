import ArgumentParser
import Database
import Files
import Glibc
import Operations
import Records
import Values
import WebServer

struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: Label(
            "Checks a workspace or an archive: pages, attachments, audit chain, kept figures.",
            zh: "检查工作区或备份文件：数据页、附件、审计链与汇总数字。"
        ).text(Console.language)
    )
    @OptionGroup var data: DataOptions
    @OptionGroup var secret: PassphraseOptions
    @Option(help: ArgumentHelp(Label("Check this archive instead.", zh: "检查该备份文件。").text(Console.language)))
    var archive: String?
    @Flag(
        help: ArgumentHelp(
            Label("Also print the hash of each table's rows.", zh: "同时输出各表内容的哈希。").text(Console.language)
        )
    )
    var content = false
    @Flag(
        help: ArgumentHelp(
            Label("Count kept figures that differ from the records anew.", zh: "重新统计与记录不符的汇总数字。").text(Console.language)
        )
    )
    var repair = false

    func run() async throws {
        let settings = try data.settings()
        let directory = try await WorkspaceDirectory.chosen(settings)
        if let archive { return try await check(archive, directory, settings) }
        let name = try directory.choose(settings.text("workspace"))
        let database = try await WorkspaceFile(directory, name).open()
        defer { database.close() }
        var found = try await Inspection.of(database, content: content)
        var repaired: [Label] = []
        let attachments = try await Attachments.faults(in: directory.folder(name))
        let files = try await Files.compare(folder: directory.folder(name), database)
        // What is read out of a damaged file says nothing.
        if found.faults.isEmpty {
            if repair { repaired = try await RecordEngine.verifyKept(of: Modules.all, in: database, repair: true) }
            found.faults += try await RowFaults.find(in: database)
            found.faults += try await RecordEngine.verifyKept(of: Modules.all, in: database)
        }
        found.faults += attachments.faults + files.faults
        report(repaired, found, attachments: attachments.count, files)
        guard found.faults.isEmpty else { throw ExitCode.failure }
    }

    private func report(_ repaired: [Label], _ found: Inspection, attachments: Int, _ files: FileReport) {
        if data.json {
            Console.json { json in
                json.object { json in
                    json.member("ok", found.faults.isEmpty)
                    json.member("audit_entries", found.auditEntries)
                    json.member("attachments", Int64(attachments))
                    json.member("files", files.files)
                    json.member("orphans", files.orphans)
                    json.key("faults")
                    json.array { json in for fault in found.faults { json.string(fault.text(Console.language)) } }
                    json.key("repaired")
                    json.array { json in for each in repaired { json.string(each.text(Console.language)) } }
                    json.key("rows")
                    json.object { json in
                        for (name, count) in found.rows.sorted(by: { $0.key < $1.key }) { json.member(name, count) }
                    }
                    json.key("content")
                    json.object { json in
                        for (name, hash) in found.content.sorted(by: { $0.key < $1.key }) { json.member(name, hash) }
                    }
                }
            }
            return
        }
        for each in repaired { Console.say(each) }
        for fault in found.faults { Console.say(fault) }
        if content {
            let names = found.content.keys.sorted()
            Console.table(names.map { [$0, String(found.rows[$0] ?? 0), found.content[$0] ?? ""] })
        }
        guard found.faults.isEmpty else { return }
        Console.say(
            Label(
                "All is well: \(found.auditEntries) audit entries, unbroken; \(attachments) attachments.",
                zh: "检查通过：\(found.auditEntries) 条审计记录完整无误，\(attachments) 个附件。"
            )
        )
    }

    private func check(_ archive: String, _ directory: WorkspaceDirectory, _ settings: Settings) async throws {
        let unpacked = try await Restore.unpack(
            archive,
            into: directory.path + "/.verify-\(getpid())",
            passphrase: try secret.passphrase(Upkeep(settings)),
            format: WorkspaceFile.format(Migrations.all)
        )
        defer { unpacked.discard() }
        let (manifest, faults) = (unpacked.manifest, try await unpacked.rowFaults())
        let isComplete = unpacked.missing.count == 0 && manifest.faults.isEmpty
        if data.json {
            Console.json { manifest.write(to: &$0, encrypted: false, unpacked.missing) }
        } else if faults.isEmpty, isComplete {
            Console.say(
                Label(
                    "\(archive) is sound: «\(manifest.workspace)» of \(manifest.madeAt), \(manifest.files) files.",
                    zh: "\(archive) 完好：工作区“\(manifest.workspace)”，备份于 \(manifest.madeAt)，\(manifest.files) 个文件。"
                )
            )
        }
        for fault in faults { Console.complain(fault.text(Console.language)) }
        if !isComplete { MissingWords.complain(unpacked) }
        guard faults.isEmpty else { throw ExitCode.failure }
        if !isComplete { throw MissingWords.status }
    }
}

struct OpenAPICommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "openapi",
        abstract: Label("Prints the description of the API.", zh: "输出 API 描述文档。").text(Console.language)
    )
    @OptionGroup var data: DataOptions

    func run() async throws {
        try await data.withWorkspace { workspace in
            let bytes = WebServer.describe(workspace.served, version: Version.text)
            Console.now(String(decoding: bytes, as: UTF8.self))
        }
    }
}
