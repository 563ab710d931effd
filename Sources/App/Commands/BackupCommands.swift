import ArgumentParser
import Foundation
import Glibc
import Operations
import Privacy
import Records
import Values

/// Where the passphrase of an archive comes from: never from the command line, which others can see.
struct PassphraseOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            Label("File whose first line is the passphrase of the archive.", zh: "口令文件，第一行为备份口令。").text(
                Console.language
            )
        )
    )
    var passphraseFile: String?

    /// The passphrase of the flag, else of the settings; nil for none.
    func passphrase(_ upkeep: Upkeep) throws -> String? {
        if let passphraseFile { return try Upkeep.passphrase(in: passphraseFile) }
        return try upkeep.passphrase()
    }
}

struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: Label(
            "Writes a workspace with its files into one archive, while it is served.",
            zh: "将工作区及附件备份为一个文件，可在服务运行时执行。"
        )
        .text(Console.language)
    )
    @OptionGroup var data: DataOptions
    @OptionGroup var secret: PassphraseOptions
    @Argument(help: ArgumentHelp(Label("Archive to write.", zh: "备份文件。").text(Console.language)))
    var file: String

    func run() async throws {
        try await data.withWorkspace { workspace in
            let passphrase = try secret.passphrase(workspace.upkeep)
            let manifest = try await workspace.backup.run(to: file, passphrase: passphrase)
            let missing = try await workspace.backup.missing(in: manifest)
            if data.json {
                Console.json { manifest.write(to: &$0, encrypted: passphrase != nil, missing) }
            } else {
                report(manifest, isSealed: passphrase != nil)
            }
            guard !manifest.faults.isEmpty else { return }
            MissingWords.complain(missing, of: manifest)
            throw MissingWords.status
        }
    }

    private func report(_ manifest: Manifest, isSealed: Bool) {
        let rows = manifest.rows.values.reduce(0, +)
        Console.say(
            Label(
                "\(file): \(rows) rows, \(manifest.files) files, \(manifest.auditEntries) audit entries"
                    + "\(isSealed ? ", encrypted" : "").",
                zh: "\(file)：\(rows) 行数据，\(manifest.files) 个文件，\(manifest.auditEntries) 条审计记录"
                    + "\(isSealed ? "，已加密" : "")。"
            )
        )
    }
}

extension Manifest {
    /// What commands print of an archive.
    func write(to json: inout JSONWriter, encrypted: Bool, _ missing: MissingFiles) {
        json.object { json in
            json.member("workspace", workspace)
            json.member("made_at", madeAt.description)
            json.member("program", program)
            json.member("encrypted", encrypted)
            json.member("audit_entries", auditEntries)
            json.member("files", Int64(files))
            json.member("key_inside", hasKey)
            json.member("faults", Int64(faults.count))
            missing.write(to: &json)
            json.key("rows")
            json.object { json in
                for (name, count) in rows.sorted(by: { $0.key < $1.key }) { json.member(name, count) }
            }
        }
    }
}

struct RestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: Label("Makes a workspace from an archive, after checking all of it.", zh: "校验备份并恢复为工作区。")
            .text(Console.language)
    )
    @OptionGroup var data: DataOptions
    @OptionGroup var secret: PassphraseOptions
    @Argument(help: ArgumentHelp(Label("Archive to read.", zh: "备份文件。").text(Console.language)))
    var file: String
    @Flag(
        help: ArgumentHelp(
            Label("Put it in the place of a workspace that exists, which is moved aside.", zh: "替换已有工作区，原工作区会被移到一旁保留。")
                .text(Console.language)
        )
    )
    var replace = false
    @Flag(
        help: ArgumentHelp(
            Label(
                "Of a damaged archive restore the database, if it is sound, and the files that can be read.",
                zh: "备份文件已损坏时，恢复其中完好的数据库及可读取的文件。"
            ).text(Console.language)
        )
    )
    var withoutDamagedFiles = false
    @Option(
        help: ArgumentHelp(
            Label(
                "File NAME.erasures of the lost machine: who is in it is erased again.",
                zh: "原机器上的“名称.erasures”文件，其中的人员将重新抹除。"
            ).text(Console.language)
        )
    )
    var erasures: String?

    func run() async throws {
        let settings = try data.settings()
        let place = try await WorkspaceDirectory.chosen(settings)
        let passphrase = try secret.passphrase(Upkeep(settings))
        let stamp = Clock.system.now().description.prefix(19).filter { $0 != "-" && $0 != ":" }
        let unpacking = try place.lockForUnpacking()
        defer { withExtendedLifetime(unpacking) {} }
        let unpacked = try await Restore.unpack(
            file,
            into: place.unpackingFolder(at: String(stamp)),
            passphrase: passphrase,
            format: WorkspaceFile.format(Migrations.all),
            lenient: withoutDamagedFiles
        )
        defer { unpacked.discard() }
        let known = ErasureLedger.entries(in: [unpacked.ledger])
        let named = settings.text("workspace")
        let name = named.isEmpty ? unpacked.manifest.workspace : named
        try await checkIsFree(name, place)
        try await place.checkFilesAreItsOwn(name)
        let locks = (try await place.lockForMaking(name), try place.lock(name))
        defer { withExtendedLifetime(locks) {} }
        // Unpacking takes its time: somebody may have made one of that name.
        let directory = try await place.current()
        try await checkIsFree(name, directory)
        let aside = directory.aside(name, at: stamp)
        if directory.server == nil, aside != nil, !replace, !directory.isHalfRestored(name) { throw taken(name) }
        let ledger = try mergedLedger(unpacked, name, directory)
        let mark = directory.restoreMark(name)
        if let server = directory.server {
            try await server.restore(unpacked, as: name, in: directory, aside: aside)
        } else {
            try mark.begin(aside: aside)
            try Restore.place(
                unpacked,
                database: directory.file(name),
                files: directory.folder(name),
                keyFile: directory.keyFile(name),
                aside: aside
            )
        }
        try mark.end()
        var erased = 0
        if Set(ledger.entries) != Set(known) {
            // The one that was restored just now.
            let now = try await directory.current()
            let workspace = try await OpenWorkspace(name, in: now, upkeep: Upkeep(settings), holdsLock: true)
            defer { workspace.close() }
            erased = try await workspace.privacy.catchUp()
        }
        report(unpacked, name, aside, keyFile: directory.keyFile(name), erased)
    }

    /// Whoever was erased since the archive was made is erased again: known here, beside the archive, or as told.
    private func mergedLedger(
        _ unpacked: Unpacked,
        _ name: String,
        _ directory: WorkspaceDirectory
    ) throws -> ErasureLedger {
        let beside = (file as NSString).deletingLastPathComponent
        let ledger = ErasureLedger(directory.ledgerFile(name))
        let copy = (beside.isEmpty ? "." : beside) + "/\(unpacked.manifest.workspace).erasures"
        let others = [unpacked.ledger, copy, directory.ledgerFile(unpacked.manifest.workspace)]
        try ledger.merge(others + (erasures.map { [$0] } ?? []))
        return ledger
    }

    /// Throws when there is a workspace of that name which nobody has allowed to replace.
    private func checkIsFree(_ name: String, _ directory: WorkspaceDirectory) async throws {
        if directory.has(name) {
            guard replace else { throw taken(name) }
            return
        }
        // What a restore has left half-way gives way to the next one.
        if try await !directory.isLeftByRestore(name) { try directory.checkNew(name) }
    }

    private func taken(_ name: String) -> Problem {
        Problem(
            .conflict,
            "workspace_exists",
            Label(
                "There already is a workspace «\(name)». Restore beside it with --workspace OTHER, or in its place with --replace.",
                zh: "工作区“\(name)”已存在。可用 --workspace 指定其他名称，或用 --replace 替换（原数据会保留在一旁）。"
            )
        )
    }

    private func report(_ unpacked: Unpacked, _ name: String, _ aside: String?, keyFile: String, _ erased: Int) {
        let manifest = unpacked.manifest
        MissingWords.complain(unpacked)
        if data.json {
            return Console.json { json in
                json.object { json in
                    json.member("workspace", name)
                    json.member("made_at", manifest.madeAt.description)
                    json.member("rows", manifest.rows.values.reduce(0, +))
                    json.member("audit_entries", manifest.auditEntries)
                    json.member("files", Int64(manifest.files))
                    json.member("erased_again", Int64(erased))
                    json.member("aside", aside)
                    json.member("whole", unpacked.isWhole)
                    unpacked.missing.write(to: &json)
                }
            }
        }
        Console.say(
            Label(
                "«\(name)» is restored as of \(manifest.madeAt); hashes, row counts and audit chain agree.",
                zh: "工作区“\(name)”已恢复至 \(manifest.madeAt) 的状态，哈希、行数和审计链均核对一致。"
            )
        )
        if erased > 0 {
            Console.say(
                Label(
                    "\(erased) persons who were erased after this archive was made have been erased again.",
                    zh: "备份之后已抹除的 \(erased) 人已重新抹除。"
                )
            )
        }
        if !manifest.hasKey, !FileManager.default.fileExists(atPath: keyFile) {
            Console.say(
                Label(
                    "The archive holds no key: put \(keyFile) back from its copy, or people set up their second factor anew.",
                    zh: "备份中不含密钥：请从副本恢复 \(keyFile)，否则成员需重新设置两步验证。"
                )
            )
        }
        if let aside {
            Console.say(Label("What was there is kept in \(aside).", zh: "原有数据保留在 \(aside)。"))
        }
    }
}

struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: Label(
            "Takes a workspace to this version, after a copy; also after an interruption.",
            zh: "备份后将工作区升级到当前版本，中断后可再次执行。"
        )
        .text(Console.language)
    )
    @OptionGroup var data: DataOptions

    func run() async throws {
        let settings = try data.settings()
        let directory = try await WorkspaceDirectory.chosen(settings)
        let name = try directory.choose(settings.text("workspace"))
        let lock = try directory.lock(name)
        defer { withExtendedLifetime(lock) {} }
        let upgrade = Upgrade(file: directory.file(name))
        let wasHalfDone = upgrade.isHalfDone
        try upgrade.goBack()
        let workspace = try await OpenWorkspace(name, in: directory, upkeep: Upkeep(settings), holdsLock: true)
        let state = try await workspace.rollout.beat(workspace.engine)
        await workspace.rollout.end(workspace.engine)
        workspace.close()
        if data.json {
            Console.json { json in
                json.object { json in
                    json.member("workspace", name)
                    json.member("version", Version.text)
                    json.member("went_back", wasHalfDone)
                    json.member("waits_for_older", state.isWaiting)
                }
            }
        } else {
            if wasHalfDone { Console.say(Label("The interrupted upgrade was undone first.", zh: "已先撤销上次中断的升级。")) }
            Console.say(
                Label("«\(name)» is up to date with version \(Version.text).", zh: "工作区“\(name)”已是 \(Version.text) 版本。")
            )
            if state.isWaiting { Console.say(state.text) }
        }
    }
}
