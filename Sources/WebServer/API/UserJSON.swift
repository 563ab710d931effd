import Database
import Identity
import Values

/// The names of teams and roles, for showing people.
struct PeopleBook {
    let teams: TeamTree
    let roles: [RecordID: Role]

    init(_ identities: Identities, _ connection: Connection) throws {
        teams = try identities.teamTree(on: connection)
        roles = Dictionary(try identities.roles(on: connection).map { ($0.id, $0) }) { first, _ in first }
    }
}

/// People as the API shows them.
enum UserJSON {
    /// All that those who manage users, and the person, may see.
    static func writeMembers(_ user: User, _ book: PeopleBook, to json: inout JSONWriter) {
        writeBrief(user, book, to: &json)
        json.member("email", user.email)
        json.key("roles")
        json.array { json in
            for id in user.roles {
                json.object { json in
                    json.key("id")
                    json.id(id)
                    json.member("key", book.roles[id]?.key)
                    json.key("label")
                    write(book.roles[id]?.label, to: &json)
                }
            }
        }
        json.member("language", user.language.rawValue)
        json.member("time_zone", user.timeZone)
        json.member("second_factor", user.hasSecondFactor)
        json.member("created_at", user.createdAt.description)
        json.member("updated_at", user.updatedAt.description)
        json.member("version", user.version)
    }

    /// What all colleagues may see.
    static func writeBrief(_ user: User, _ book: PeopleBook, to json: inout JSONWriter) {
        json.key("id")
        json.id(user.id)
        json.member("name", user.name)
        json.member("state", user.state.rawValue)
        json.key("team")
        guard let team = user.team else { return json.null() }
        json.object { json in
            json.key("id")
            json.id(team)
            json.member("name", book.teams.teams[team]?.name)
        }
    }

    /// A text in both languages.
    static func write(_ label: Label?, to json: inout JSONWriter) {
        guard let label else { return json.null() }
        json.object { json in
            json.member("en", label.en)
            json.member("zh", label.zh)
        }
    }
}
