/// Sessions, people, teams and roles.
extension Operation {
    static let logIn = Operation(
        "log_in",
        "Session",
        "Logs in; the answer sets a cookie",
        status: 201,
        input: .json(
            .object(
                [("email", .string), ("password", .string), ("code", .string)],
                required: ["email", "password"],
                open: false
            )
        ),
        output: .json(.all([("csrf_token", .string), ("expires_at", .instant), ("user_id", .id)]))
    )
    static let session = Operation(
        "session",
        "Session",
        "The session of the cookie",
        output: .json(.all([("id", .id), ("csrf_token", .string), ("expires_at", .instant)]))
    )
    static let logOut = Operation("log_out", "Session", "Ends the session", status: 204)
    static let link = Operation(
        "link",
        "Session",
        "What a one-time link is for",
        output: .json(
            .all([("kind", .string), ("email", .string), ("name", .string), ("expires_at", .instant)])
        )
    )
    static let useLink = Operation(
        "use_link",
        "Session",
        "Sets the password that a one-time link is for",
        input: .json(.all([("password", .string)])),
        output: .json(.all([("email", .string), ("state", .string)]))
    )
    static let me = Operation("me", "Session", "Who is logged in", output: .json(.reference("me")))
    static let changeMe = Operation(
        "change_me",
        "Session",
        "Changes one's own language, time zone or password",
        input: .json(
            .object(
                [
                    ("language", .words(["zh", "en"])), ("time_zone", .string), ("password", .string),
                    ("current_password", .string),
                ],
                required: [],
                open: false
            )
        ),
        output: .json(.reference("me"))
    )
    static let beginSecondFactor = Operation(
        "begin_second_factor",
        "Session",
        "Begins to set up the second factor",
        output: .json(.all([("secret", .string), ("uri", .string)]))
    )
    static let confirmSecondFactor = Operation(
        "confirm_second_factor",
        "Session",
        "Turns the second factor on",
        input: .json(.all([("code", .string)])),
        output: .json(.all([("recovery_codes", .array(.string))]))
    )
    static let removeSecondFactor = Operation(
        "remove_second_factor",
        "Session",
        "Turns the second factor off",
        status: 204,
        input: .json(.all([("password", .string)]))
    )
    static let sessions = Operation(
        "sessions",
        "Session",
        "The open sessions of a person",
        parameters: [.user],
        output: .json(.list(.reference("session_listing")))
    )
    static let endSession = Operation("end_session", "Session", "Ends a session", status: 204)
    static let signOutEverywhere = Operation(
        "sign_out_everywhere",
        "Session",
        "Ends all sessions of a person",
        status: 204,
        input: .json(.object([("user", .id), ("keep_this", .boolean)], required: [], open: false))
    )
    static let logIns = Operation(
        "log_ins",
        "Session",
        "Attempts to log in, newest first",
        parameters: [.user, .limit, .cursor],
        output: .json(.list(.reference("log_in_record")))
    )
    static let keys = Operation(
        "api_keys",
        "Session",
        "The API keys of a person",
        parameters: [.user],
        output: .json(.list(.reference("api_key")))
    )
    static let addKey = Operation(
        "add_api_key",
        "Session",
        "Makes an API key; its token is shown this once",
        status: 201,
        input: .json(
            .object(
                [
                    ("user", .id), ("name", .string),
                    ("scopes", .anyOf([.words(["read", "write", "full"]), .reference("rights")])),
                    ("expires_at", .instant),
                ],
                required: ["name"],
                open: false
            )
        ),
        output: .json(.reference("api_key"))
    )
    static let revokeKey = Operation("revoke_api_key", "Session", "Stops an API key", status: 204)

    static let users = Operation(
        "users",
        "People",
        "People, by name; only those who manage users see more than the name",
        parameters: [
            .text("q", "Part of a name or an e-mail address"),
            Parameter(name: "state", schema: .words(["active", "invited", "disabled"]), text: "Only this state"),
            Parameter(name: "role", schema: .id, text: "Only with this role"),
            Parameter(name: "team", schema: .id, text: "Only of this team"), .limit, .cursor,
            .flag("total", "Count all matches too"),
        ],
        output: .json(.list(.reference("user"), total: true))
    )
    static let user = Operation("user", "People", "One person", output: .json(.reference("user")))
    static let addUser = Operation(
        "add_user",
        "People",
        "Adds a person, who is invited until a password is set",
        status: 201,
        input: .json(.object(userInput, required: ["email"], open: false)),
        output: .json(.reference("user"))
    )
    static let changeUser = Operation(
        "change_user",
        "People",
        "Changes a person",
        input: .json(.object(userInput + [("version", .integer)], required: [], open: false)),
        output: .json(.reference("user"))
    )
    private static let userInput: [(name: String, schema: JSONSchema)] = [
        ("email", .string), ("name", .string), ("team", .nullable(.id)), ("roles", .array(.string)),
        ("language", .words(["zh", "en"])), ("time_zone", .string),
    ]
    static let disableUser = Operation(
        "disable_user",
        "People",
        "Takes the log-in from a person",
        output: .json(.reference("user"))
    )
    static let enableUser = Operation(
        "enable_user",
        "People",
        "Gives the log-in back",
        output: .json(.reference("user"))
    )
    static let linkUser = Operation(
        "link_user",
        "People",
        "A one-time link to set the password with",
        status: 201,
        output: .json(.all([("kind", .string), ("token", .string), ("path", .string)]))
    )
    static let resetSecondFactor = Operation(
        "reset_second_factor",
        "People",
        "Turns off the second factor of a person who lost it",
        status: 204
    )
    static let handOver = Operation(
        "hand_over",
        "People",
        "Gives all that a person owns to somebody else",
        input: .json(.all([("to", .id)])),
        output: .json(
            .all([
                ("total", .integer),
                ("moved", .array(.all([("object", .string), ("label", .reference("label")), ("count", .integer)]))),
            ])
        )
    )
    static let teams = Operation("teams", "People", "All teams", output: .json(.list(.reference("team"))))
    static let addTeam = Operation(
        "add_team",
        "People",
        "Adds a team",
        status: 201,
        input: .json(.object([("name", .string), ("parent", .nullable(.id))], required: ["name"], open: false)),
        output: .json(.reference("team"))
    )
    static let changeTeam = Operation(
        "change_team",
        "People",
        "Renames or moves a team",
        input: .json(.object([("name", .string), ("parent", .nullable(.id))], required: [], open: false)),
        output: .json(.reference("team"))
    )
    static let deleteTeam = Operation("delete_team", "People", "Deletes an empty team", status: 204)
    static let roles = Operation("roles", "People", "All roles", output: .json(.list(.reference("role"))))
    static let addRole = Operation(
        "add_role",
        "People",
        "Adds a role",
        status: 201,
        input: .json(
            .object(
                [("key", .string), ("label", .reference("label")), ("rights", .reference("rights"))],
                required: ["key", "label"],
                open: false
            )
        ),
        output: .json(.reference("role"))
    )
    static let changeRole = Operation(
        "change_role",
        "People",
        "Changes a role; its people have the new rights at once",
        input: .json(
            .object(
                [("label", .reference("label")), ("rights", .reference("rights")), ("version", .integer)],
                required: [],
                open: false
            )
        ),
        output: .json(.reference("role"))
    )
    static let deleteRole = Operation("delete_role", "People", "Deletes a role that nobody has", status: 204)
}
