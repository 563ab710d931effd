import Database
import Files
import Foundation
import Jobs
import Operations
import Records
import SQLText
import Schema
import Values

/// Something that `kehu doctor` has to say.
struct Finding: Sendable {
    /// How bad it is.
    enum Grade: String, Sendable { case good, notice, bad }

    let grade: Grade
    let code: String
    let text: Label

    init(_ grade: Grade, _ code: String, _ text: Label) { (self.grade, self.code, self.text) = (grade, code, text) }

    init(_ problem: Problem) { self.init(.bad, problem.code, problem.message) }

    var mark: String {
        switch grade {
        case .good: "✓"
        case .notice: "!"
        case .bad: "✗"
        }
    }
}

/// Looks for what is wrong, and says what to do about each thing.
enum Diagnosis {
    /// All findings, for the machine and for each workspace.
    static func of(_ settings: Settings) async -> [Finding] {
        do {
            let directory = try await WorkspaceDirectory.chosen(settings)
            var findings = [
                Finding(
                    .good,
                    "folder",
                    Label("The folder \(directory.path) can be used.", zh: "数据目录 \(directory.path) 可用。")
                )
            ]
            findings += machine(directory) + door(settings, at: Clock.system.now())
            let upkeep = try Upkeep(settings)
            findings += secrets(upkeep)
            if let server = directory.server {
                findings += await DatabaseDiskDiagnosis.of(server)
                findings += await DatabaseDiagnosis.replicas(of: server)
            }
            for name in directory.names() {
                findings += await workspace(name, directory, upkeep)
            }
            return findings
        } catch let problem as Problem {
            return [Finding(problem)]
        } catch {
            return [Finding(.bad, "unexpected", Label("\(error)", zh: "\(error)"))]
        }
    }

    private static func machine(_ directory: WorkspaceDirectory) -> [Finding] {
        var findings: [Finding] = []
        if let free = DiskState.free(at: directory.path) {
            let megabytes = free / 1_000_000
            if free < DiskState.least * 64 {
                findings.append(
                    Finding(
                        free < DiskState.least ? .bad : .notice,
                        "disk_space",
                        Label(
                            "Only \(megabytes) MB are free in \(directory.path). Free some space or move old backups away.",
                            zh: "\(directory.path) 仅剩 \(megabytes) MB，请清理磁盘或移走旧备份。"
                        )
                    )
                )
            } else {
                findings.append(
                    Finding(.good, "disk_space", Label("\(megabytes) MB are free.", zh: "磁盘剩余 \(megabytes) MB。"))
                )
            }
        }
        let facts = try? FileManager.default.attributesOfItem(atPath: directory.path)
        if let mode = facts?[.posixPermissions] as? Int, mode & 0o007 != 0 {
            findings.append(
                Finding(
                    .notice,
                    "folder_open",
                    Label(
                        "Everybody on this machine may look into \(directory.path): chmod 700 \(directory.path)",
                        zh: "本机所有用户都能查看 \(directory.path)，请执行 chmod 700 \(directory.path)。"
                    )
                )
            )
        }
        return findings
    }

    private static func secrets(_ upkeep: Upkeep) -> [Finding] {
        do {
            if try upkeep.passphrase() != nil { return [] }
            return [
                Finding(
                    .notice,
                    "backups_in_the_clear",
                    Label(
                        "Backups are not encrypted. Set backup_passphrase_file if they leave this machine.",
                        zh: "备份未加密。若备份会离开本机，请设置 backup_passphrase_file。"
                    )
                )
            ]
        } catch let problem as Problem {
            return [Finding(problem)]
        } catch {
            return []
        }
    }

    private static func workspace(_ name: String, _ directory: WorkspaceDirectory, _ upkeep: Upkeep) async -> [Finding]
    {
        let indexes = await IndexDiagnosis(name, in: directory)
        do {
            let workspace = try await OpenWorkspace(name, in: directory, upkeep: upkeep)
            defer { workspace.close() }
            let count = workspace.engine.schema.objects.count
            let opens = Finding(
                .good,
                "opens",
                Label("«\(name)» opens: \(count) objects.", zh: "工作区“\(name)”可打开，共 \(count) 个对象。")
            )
            let now = Clock.system.now()
            let replicas = directory.server?.replicaCount ?? 0
            let local = [opens] + clock(workspace, now) + log(name, directory) + backups(name, upkeep, now)
            return local + (await indexes.findings(in: workspace.engine.database))
                + (try await jobs(workspace)) + (try await files(workspace)) + (try await kept(workspace))
                + (try await DatabaseDiagnosis.of(workspace, replicas: replicas)) + (try await upgrade(workspace))
        } catch let problem as Problem {
            return indexes.findings + [Finding(problem)]
        } catch {
            return indexes.findings + [
                Finding(.bad, "opens", Label("«\(name)» does not open: \(error)", zh: "工作区“\(name)”无法打开：\(error)"))
            ]
        }
    }

    private static func upgrade(_ workspace: OpenWorkspace) async throws -> [Finding] {
        let state = try await workspace.rollout.beat(workspace.engine)
        await workspace.rollout.end(workspace.engine)
        return state.isWaiting ? [Finding(.notice, "upgrade_waiting", state.text)] : []
    }

    private static func kept(_ workspace: OpenWorkspace) async throws -> [Finding] {
        try await workspace.engine.verifyKept().map { Finding(.bad, "kept_figures", $0) }
    }

    private static func files(_ workspace: OpenWorkspace) async throws -> [Finding] {
        let found = try await workspace.files.count()
        let megabytes = (found.bytes + 500_000) / 1_000_000
        return [
            Finding(
                .good,
                "files",
                Label("\(found.files) files, \(megabytes) MB.", zh: "共 \(found.files) 个文件，\(megabytes) MB。")
            )
        ]
    }

    /// Seconds that a clock may differ before somebody should look.
    static let tolerance: Int64 = 120

    private static func clock(_ workspace: OpenWorkspace, _ now: Instant) -> [Finding] {
        let ahead = (workspace.lastUse.milliseconds - now.milliseconds) / 1000
        guard ahead > tolerance else { return [] }
        return [
            Finding(
                .bad,
                "clock_set_back",
                Label(
                    "The clock of this machine is \(ahead) s behind the last entry in «\(workspace.name)». Set it right.",
                    zh: "本机时钟比“\(workspace.name)”的最后一条记录慢 \(ahead) 秒，请校准系统时间。"
                )
            )
        ]
    }

    private static func log(_ name: String, _ directory: WorkspaceDirectory) -> [Finding] {
        let facts = try? FileManager.default.attributesOfItem(atPath: directory.file(name) + "-wal")
        guard let size = facts?[.size] as? Int, size > 1_000_000_000 else { return [] }
        return [
            Finding(
                .notice,
                "long_log",
                Label(
                    "The write-ahead log of «\(name)» is \(size / 1_000_000) MB long. Restart «kehu serve».",
                    zh: "“\(name)”的预写日志已达 \(size / 1_000_000) MB，请重启 kehu serve。"
                )
            )
        ]
    }

    private static func backups(_ name: String, _ upkeep: Upkeep, _ now: Instant) -> [Finding] {
        guard upkeep.backup != nil else {
            return [
                Finding(
                    .notice,
                    "no_schedule",
                    Label(
                        "No backups are made by themselves. Set backup_at, or run «kehu backup» from a timer.",
                        zh: "未启用自动备份，请设置 backup_at 或定时运行 kehu backup。"
                    )
                )
            ]
        }
        let archives = ArchiveFolder(upkeep.folder, workspace: name).archives()
        let newest = archives.first
        if let newest, newest.hasFaults {
            return [faulty(name, newest.path, sound: archives.first { !$0.hasFaults }?.path)]
        }
        let hours = newest.map { (now.milliseconds - $0.at.milliseconds) / 3_600_000 }
        if let hours, hours < 49 {
            return [
                Finding(
                    .good,
                    "backup",
                    Label("The newest backup of «\(name)» is \(hours) h old.", zh: "“\(name)”的最新备份在 \(hours) 小时前。")
                )
            ]
        }
        return [
            Finding(
                .notice,
                "backup",
                Label(
                    "«\(name)» has no backup of the last two days in \(upkeep.folder). Let «kehu serve» run at night, or run «kehu jobs again backup».",
                    zh: "\(upkeep.folder) 中没有“\(name)”近两天的备份。请保持 kehu serve 夜间运行，或执行 kehu jobs again backup。"
                )
            )
        ]
    }

    private static func faulty(_ name: String, _ path: String, sound: String?) -> Finding {
        let from = sound.map { Label("from \($0)", zh: "从 \($0)") } ?? Label("from an older archive", zh: "从较早的备份")
        return Finding(
            .bad,
            "backup_faults",
            Label(
                "Attachments of «\(name)» are missing or damaged, and so not in its newest backup, \(path). «kehu verify» names them; put them back \(from.en), and run «kehu jobs again backup».",
                zh: "“\(name)”有附件丢失或损坏，最新备份 \(path) 不含这些附件。用 kehu verify 查看，\(from.zh)中恢复后执行 kehu jobs again backup。"
            )
        )
    }

    private static func jobs(_ workspace: OpenWorkspace) async throws -> [Finding] {
        let queue = workspace.jobs
        let (plans, dead) = try await queue.database.read { connection in
            (try queue.plans(on: connection), try queue.list(state: .dead, limit: 20, on: connection))
        }
        var findings: [Finding] = []
        // What has failed in the nights before is told once, and not any more when it has gone well since.
        if let error = plans.first(where: { $0.name == Upkeep.backupJob })?.lastError {
            findings.append(
                Finding(
                    .bad,
                    "backup_job",
                    Label(
                        "The last backup of «\(workspace.name)» by itself: \(error) When the reason is gone: kehu jobs again backup",
                        zh: "“\(workspace.name)”最近一次自动备份：\(error) 排除原因后执行 kehu jobs again backup。"
                    )
                )
            )
        }
        if let drill = plans.first(where: { $0.name == Upkeep.drillJob }) {
            if let error = drill.lastError {
                findings.append(
                    Finding(
                        .bad,
                        "restore_drill",
                        Label(
                            "The last restore drill of «\(workspace.name)» failed: \(error) Make a new backup and run «kehu jobs again restore_drill».",
                            zh: "“\(workspace.name)”最近一次恢复演练失败：\(error) 请重新备份后执行 kehu jobs again restore_drill。"
                        )
                    )
                )
            } else if let result = drill.lastResult, let at = drill.lastAt {
                findings.append(
                    Finding(
                        .good,
                        "restore_drill",
                        Label("The last restore drill (\(at)): \(result)", zh: "最近一次恢复演练（\(at)）：\(result)")
                    )
                )
            }
        }
        for job in dead where ![Upkeep.backupJob, Upkeep.drillJob].contains(job.kind) {
            findings.append(
                Finding(
                    .bad,
                    "dead_job",
                    Label(
                        "The job «\(job.kind)» failed for good: \(job.error ?? "") When the reason is gone: kehu jobs again \(job.id)",
                        zh: "任务 \(job.kind) 多次失败：\(job.error ?? "") 排除原因后执行 kehu jobs again \(job.id)。"
                    )
                )
            )
        }
        return findings
    }
}
