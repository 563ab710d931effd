import Alerts
import Customers
import Database
public import Exchange
public import Files
public import Identity
public import Jobs
public import Operations
public import Privacy
public import Records
import SQLText
import Schema
import Search
public import Values
public import WebServer
public import Webhooks

/// An open workspace: its database, record engine and people.
public struct OpenWorkspace: Sendable {
    /// The name.
    public let name: String
    /// The record engine.
    public let engine: RecordEngine
    /// The people.
    public let identities: Identities
    /// Logging in.
    public let logIn: LogIn
    /// Hashing of passwords.
    public let passwords: PasswordHash
    /// Files that come in.
    public let imports: Imports
    /// Stored files.
    public let files: Files
    /// Personal data: erasing, giving out, keeping.
    public let privacy: Privacy
    /// Webhooks: subscriptions and deliveries.
    public let webhooks: Webhooks
    /// Background jobs.
    public let jobs: JobQueue
    /// Who has a timer running.
    let timers: TimerBoard
    /// Makes archives of it.
    public let backup: Backup
    /// When that happens by itself.
    public let upkeep: Upkeep
    /// What an upgrade leaves to be done while servers of the version before still run.
    public let rollout: Rollout
    /// Tells the time.
    public let clock: SharedClock
    /// When something was last written before it was opened; later than now after the clock was set back.
    public let lastUse: Instant
    /// The folder for files.
    public let folder: String

    /// Opens the workspace of a folder, or makes it, and takes it to the form of this program where it is older.
    ///
    /// `node` tells processes apart that make ids at the same time; PostgreSQL hands it out itself. `holdsLock` says that the caller has locked it.
    /// Throws a `Problem` that says what to do when it was written by a newer program, is half upgraded, is damaged, or
    /// when the disk is full.
    public init(
        _ name: String,
        in directory: WorkspaceDirectory,
        modules: [Module]? = nil,
        node: Int = Int.random(in: 1...1023),
        clock given: Clock? = nil,
        passwords: PasswordHash = .production,
        upkeep: Upkeep? = nil,
        migrations: [Migration] = Migrations.all,
        holdsLock: Bool = false
    ) async throws {
        let file = WorkspaceFile(directory, name)
        let database = try await file.open()
        let shared = SharedClock()
        try await shared.follow(database)
        let clock = given ?? shared.clock
        let ids = IDSource(node: node, clock: clock)
        let modules = modules ?? Modules.all
        let rollout = Rollout(database, modules, migrations, directory.server)
        let isAlone = try await rollout.begin(ids)
        let (engine, state) = try await file.upgraded(database, modules, migrations, holdsLock: holdsLock) { state in
            ids.skip(to: state.lastUse.adding(milliseconds: 1000))
            return try await rollout.engine(ids, clock, isNew: state.format == 0, isAlone: isAlone)
        }
        let box = try SecretBox(keyFile: directory.keyFile(name))
        let identities = OpenWorkspace.people(database, ids, clock, box)
        if state.format == 0 {
            try await database.write { connection in
                try identities.seedRoles(on: connection)
                try rollout.noteNew(on: connection)
            }
        }
        _ = try await rollout.settle(engine)
        try await OpenWorkspace.takeKey(directory.keyFile(name), identities, database)
        lastUse = state.lastUse
        (self.name, self.engine, self.identities, self.passwords) = (name, engine, identities, passwords)
        (self.rollout, self.clock) = (rollout, shared)
        logIn = LogIn(identities, passwords: passwords)
        folder = directory.folder(name)
        files = try OpenWorkspace.files(engine, folder, isLocked: holdsLock)
        imports = try Imports(engine, directory: folder + "/imports", files: files)
        timers = TimerBoard(database, clock: clock)
        let webhooks = Webhooks(engine, identities, box: box)
        self.webhooks = webhooks
        self.upkeep = upkeep ?? Upkeep(folder: directory.path + "/backups")
        let erasures = ErasureLedger(directory.ledgerFile(name), copies: [self.upkeep.folder + "/\(name).erasures"])
        let kept = [folder + "/imports"]
        privacy = Privacy(engine, files, rules: Modules.persons, kept: kept, identities: identities, ledger: erasures)
        backup = file.backup(of: database, modules, clock)
        jobs = JobQueue(
            database,
            kinds: Maintenance.kinds(engine, identities, imports, webhooks) + Maintenance.kinds(files, privacy)
                + [Maintenance.bulk(engine, identities)]
                + self.upkeep.kinds(backup, format: WorkspaceFile.format(migrations)),
            ids: ids,
            clock: clock,
            zone: { engine.schema.timeZone }
        )
    }

    /// The files of a workspace. Who holds the lock of one in SQLite has it alone but for commands, which give nothing out
    /// for an hour.
    private static func files(_ engine: RecordEngine, _ folder: String, isLocked: Bool) throws -> Files {
        let files = try Files(engine, folder: folder)
        if isLocked, engine.database.dialect == .sqlite {
            files.clearHeld(before: engine.clock.now().adding(milliseconds: -3_600_000))
        }
        return files
    }

    /// The people of a workspace: changes go to the audit log, log-ins at night raise alerts, secrets are encrypted.
    private static func people(_ database: Database, _ ids: IDSource, _ clock: Clock, _ box: SecretBox) -> Identities {
        Identities(
            database: database,
            ids: ids,
            clock: clock,
            sortKey: { SortKey.spelled($0) },
            audit: { change, connection in
                try note(change, on: connection)
                try NightLogIns.watch(change, ids: ids, on: connection)
            },
            box: box
        )
    }

    /// Sees that the key of a file is the workspace's, and encrypts what an older version stored as it was.
    private static func takeKey(_ file: String, _ identities: Identities, _ database: Database) async throws {
        try await database.write { connection in
            let others: [SQLFragment] =
                try connection.hasTable("sys_webhook") ? ["SELECT secret FROM sys_webhook"] : []
            try identities.claimKey(file, secrets: others, on: connection)
            try identities.sealStoredSecrets(on: connection)
        }
    }

    /// What the web server serves.
    public var served: Workspace {
        let archives = ArchiveFolder(upkeep.folder, workspace: name)
        return Workspace(
            name: name,
            engine: engine,
            identities: identities,
            logIn: logIn,
            passwords: passwords,
            temporaryFolder: folder + "/uploads",
            imports: imports,
            files: files,
            privacy: privacy,
            webhooks: webhooks,
            jobs: jobs,
            newestArchive: { archives.archives().first.map { MadeArchive(at: $0.at, hasFaults: $0.hasFaults) } },
            reports: Modules.reports,
            views: Modules.views,
            features: CostingRoutes.pages + TimerRoutes.pages(timers)
        )
    }

    /// Closes the database.
    public func close() { engine.database.close() }

    /// Who acts when somebody works on the machine itself.
    public static let operatorActor = Actor.system("command line").acting(from: .command)

    /// Makes a person with a role; the answer has the token of the link that sets the password, unless one is given.
    public func addPerson(
        email: String,
        name: String? = nil,
        role: String,
        language: Language = .zh,
        password: String? = nil
    ) async throws -> (user: User, token: String?) {
        let (identities, actor) = (identities, OpenWorkspace.operatorActor)
        let zone = engine.schema.timeZone
        let (user, token) = try await engine.database.write { connection in
            guard let role = try identities.role(key: role, on: connection) else {
                let known = try identities.roles(on: connection).map(\.key).joined(separator: ", ")
                throw Problem.invalid(
                    "role",
                    "unknown_role",
                    Label("There is no role «\(role)». There are: \(known).", zh: "没有角色“\(role)”，可用：\(known)。")
                )
            }
            let new = NewUser(
                email: email,
                name: name ?? String(email.prefix { $0 != "@" }),
                roles: [role.id],
                language: language,
                timeZone: zone
            )
            let user = try identities.addUser(new, by: actor, on: connection)
            guard password == nil else { return (user, String?.none) }
            return (user, try identities.makeLink(.invite, for: user.id, by: actor, on: connection))
        }
        if let password { try await logIn.setPassword(password, of: user.id, by: actor) }
        return (user, token)
    }

    /// Writes a change of people and rights to the audit log: a member per value with `[before, after]`.
    private static func note(_ change: IdentityChange, on connection: Connection) throws {
        var json = JSONWriter()
        let (before, after) = (change.before.members ?? [], change.after.members ?? [])
        var keys = before.map(\.key)
        keys += after.map(\.key).filter { !keys.contains($0) }
        json.object { json in
            json.key("name")
            json.array { json in
                json.string(change.name)
                json.string(change.name)
            }
            for key in keys where key != "name" {
                json.key(key)
                json.array { json in
                    json.value(change.before[key] ?? .null)
                    json.value(change.after[key] ?? .null)
                }
            }
        }
        try Audit.add(
            AuditEntry(
                change.action.rawValue,
                object: change.subject.rawValue,
                record: change.id,
                changes: json.text
            ),
            by: change.actor,
            at: change.at,
            on: connection
        )
    }
}
