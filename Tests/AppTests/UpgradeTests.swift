import App
import Database
import Foundation
import Identity
import Jobs
import Operations
import Records
import SQLText
import TestSupport
import Testing
import Values

/// Upgrades of a workspace to a newer program, made up by migrations that go well or fail.
@Suite struct UpgradeTests {
    private static let works = Migration(to: 2, label: Label("Add a table", zh: "新增表")) { connection in
        try connection.script("CREATE TABLE sys_later (id INTEGER PRIMARY KEY)")
    }
    private static let fails = Migration(to: 3, label: Label("Fail", zh: "失败")) { connection in
        try connection.script("DELETE FROM sys_role")
        throw Problem(.failure, "planned", Label("It does not work.", zh: "无法完成。"))
    }

    private func directory() throws -> WorkspaceDirectory {
        try WorkspaceDirectory(TestFolder.path())
    }

    private func open(_ directory: WorkspaceDirectory, _ migrations: [Migration] = Migrations.all) async throws
        -> OpenWorkspace
    {
        try await OpenWorkspace("acme", in: directory, passwords: .testing, migrations: migrations)
    }

    private func code(_ directory: WorkspaceDirectory, _ migrations: [Migration] = Migrations.all) async -> String {
        do {
            try await open(directory, migrations).close()
            return "opened"
        } catch {
            return (error as? Problem)?.code ?? "\(error)"
        }
    }

    @Test func `an upgrade copies the workspace first, and an older program refuses what came out`() async throws {
        let directory = try directory()
        try await open(directory).close()
        let copy = directory.file("acme") + "-before-upgrade"
        #expect(!FileManager.default.fileExists(atPath: copy))
        #expect(await code(directory, [UpgradeTests.works]) == "opened")
        #expect(FileManager.default.fileExists(atPath: copy))
        #expect(!Upgrade(file: directory.file("acme")).isHalfDone)
        #expect(await code(directory) == "newer_data")
    }

    @Test func `an upgrade that fails half-way is undone and the former program goes on`() async throws {
        let directory = try directory()
        try await open(directory).close()
        #expect(await code(directory, [UpgradeTests.works, UpgradeTests.fails]) == "upgrade_failed")
        let workspace = try await open(directory)
        let (roles, tables) = try await workspace.engine.database.read { connection in
            (
                try connection.value("SELECT count(*) FROM sys_role").integer ?? 0,
                try connection.value("SELECT count(*) FROM sqlite_master WHERE name = 'sys_later'").integer
            )
        }
        #expect(roles > 0 && tables == 0)
        workspace.close()
    }

    @Test func `a workspace whose upgrade was interrupted is not opened until it has gone back`() async throws {
        let directory = try directory()
        let workspace = try await open(directory)
        let upgrade = Upgrade(file: directory.file("acme"))
        try await upgrade.begin(workspace.engine.database, from: "1", to: "2")
        try await workspace.engine.database.write { try $0.script("DELETE FROM sys_role") }
        workspace.close()
        #expect(await code(directory) == "half_upgraded")
        try upgrade.goBack()
        let again = try await open(directory)
        let roles = try await again.engine.database.read { try $0.value("SELECT count(*) FROM sys_role").integer ?? 0 }
        #expect(roles > 0)
        again.close()
    }

    @Test func `a workspace that is served is not upgraded from beside`() async throws {
        let directory = try directory()
        try await open(directory).close()
        let lock = try directory.lock("acme")
        #expect(await code(directory, [UpgradeTests.works]) == "workspace_in_use")
        withExtendedLifetime(lock) {}
    }

    @Test func `after a clock was set back new ids still come after the old ones`() async throws {
        let directory = try directory()
        let future = try #require(Instant("2090-01-01T00:00:00Z"))
        let workspace = try await OpenWorkspace("acme", in: directory, clock: .fixed(future), passwords: .testing)
        let first = try await workspace.addPerson(email: "a@example.com", role: "administrator").user.id
        workspace.close()
        let later = try await open(directory)
        let second = try await later.addPerson(email: "b@example.com", role: "administrator").user.id
        #expect(second.raw > first.raw && later.lastUse == future)
        later.close()
    }

    @Test func `the nightly backup and the drill report what they found`() async throws {
        let directory = try directory()
        let workspace = try await open(directory)
        let jobs = workspace.jobs
        try await workspace.engine.database.write { connection in
            _ = try jobs.runNow(Upkeep.backupJob, on: connection)
            _ = try jobs.runNow(Upkeep.drillJob, on: connection)
        }
        let worker = JobWorker(jobs)
        while try await worker.step() {}
        let plans = try await workspace.engine.database.read { try jobs.plans(on: $0) }
        let drill = try #require(plans.first { $0.name == Upkeep.drillJob })
        #expect(drill.lastError == nil && drill.lastResult?.hasPrefix("ok: ") == true)
        let archives = ArchiveFolder(workspace.upkeep.folder, workspace: "acme").archives()
        #expect(archives.count == 1)
        try Data("no archive".utf8).write(to: URL(fileURLWithPath: try #require(archives.first).path))
        try await workspace.engine.database.write { _ = try jobs.runNow(Upkeep.drillJob, on: $0) }
        while try await worker.step() {}
        let failed = try await workspace.engine.database.read { try jobs.plans(on: $0) }
        #expect(failed.first { $0.name == Upkeep.drillJob }?.lastError != nil)
        workspace.close()
    }
}
