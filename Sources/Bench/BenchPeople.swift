import Database
import Identity
import SQLText
import Values

/// The people of a measurement workspace: twenty owners and the administrator who asks.
struct BenchPeople {
    let identities: Identities
    private static let actor = Actor.system("bench")

    /// Makes who is missing.
    func make() async throws {
        let identities = identities
        try await identities.database.write { connection in
            if try !DataSetLoader.owners(on: connection).isEmpty { return }
            try identities.seedRoles(on: connection)
            let administrator = try identities.role(key: BuiltInRole.administrator.key, on: connection)
            for number in 0..<DataSet.ownerCount {
                let name = padded(number, 2)
                let email = "rep\(name)@bench.example.com"
                let roles = [administrator?.id].compactMap { $0 }
                let new = NewUser(email: email, name: "销售\(name)", roles: roles)
                try identities.addUser(new, by: BenchPeople.actor, on: connection)
            }
            // Nobody logs in here with a password, so nobody has to set one.
            try connection.run("UPDATE sys_user SET state = 'active' WHERE state = 'invited'")
        }
    }

    /// A new key of the first owner, who may do everything.
    func key() async throws -> String {
        let identities = identities
        return try await identities.database.write { connection in
            guard let user = try DataSetLoader.owners(on: connection).first else { throw Problem.notFound }
            return try identities.addKey(for: user, name: "bench", by: BenchPeople.actor, on: connection).token
        }
    }

    /// The address of the first owner.
    static let email = "rep00@bench.example.com"

    /// Gives the first owner a new password, so that a browser's session can be opened.
    func password() async throws -> String {
        let identities = identities
        let user = try await identities.database.read { try DataSetLoader.owners(on: $0).first }
        guard let user else { throw Problem.notFound }
        let password = (0..<4).map { _ in String(UInt32.random(in: 0 ... .max), radix: 36) }.joined(separator: " ")
        try await LogIn(identities).setPassword(password, of: user, by: BenchPeople.actor)
        return password
    }
}
