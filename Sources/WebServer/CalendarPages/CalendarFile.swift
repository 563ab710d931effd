import HTTPTypes
import Pages
import Values

/// A calendar as other programs read it: iCalendar, RFC 5545.
struct CalendarFile {
    /// Somebody who invites or is invited.
    struct Person {
        let name: String
        let email: String
    }

    private(set) var lines: [String]

    /// `method` is `PUBLISH` for a feed, `REQUEST` for an invitation (RFC 5546).
    init(name: String, method: String) {
        lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Kehu//CRM//ZH", "CALSCALE:GREGORIAN", "METHOD:" + method]
        if method == "PUBLISH" { lines.append("X-WR-CALNAME:" + CalendarFile.escaped(name)) }
    }

    /// Adds a meeting with a time, or a task as an entry of the whole day.
    mutating func add(
        _ event: CalendarEvent,
        uid: String,
        stamp: Instant,
        text: String = "",
        place: String = "",
        organizer: Person? = nil,
        attendees: [Person] = []
    ) {
        lines += ["BEGIN:VEVENT", "UID:" + CalendarFile.escaped(uid), "DTSTAMP:" + CalendarFile.moment(stamp)]
        if let start = event.start {
            let end = start.adding(milliseconds: Int64(event.minutes ?? 60) * 60_000)
            lines += ["DTSTART:" + CalendarFile.moment(start), "DTEND:" + CalendarFile.moment(end)]
        } else {
            let days = [event.day, event.day.adding(days: 1)].map { $0.description.filter { $0 != "-" } }
            lines += ["DTSTART;VALUE=DATE:" + days[0], "DTEND;VALUE=DATE:" + days[1], "TRANSP:TRANSPARENT"]
        }
        let title = event.with.isEmpty ? event.title : event.title + " · " + event.with
        lines.append("SUMMARY:" + CalendarFile.escaped(title))
        if !text.isEmpty { lines.append("DESCRIPTION:" + CalendarFile.escaped(text)) }
        if !place.isEmpty { lines.append("LOCATION:" + CalendarFile.escaped(place)) }
        if let organizer {
            lines.append("ORGANIZER;CN=\(CalendarFile.quoted(organizer.name)):mailto:\(organizer.email)")
        }
        for person in attendees {
            lines.append("ATTENDEE;CN=\(CalendarFile.quoted(person.name));RSVP=TRUE:mailto:\(person.email)")
        }
        lines.append("END:VEVENT")
    }

    /// The file, its lines folded after 75 bytes.
    var bytes: [UInt8] {
        Array((lines + ["END:VCALENDAR"]).map { CalendarFile.folded($0) + "\r\n" }.joined().utf8)
    }

    /// The file as an answer that is not kept anywhere.
    func reply(method: String, name: String) -> Reply {
        var reply = Reply(body: .bytes(bytes))
        reply.headers[.contentType] = "text/calendar; charset=utf-8; method=" + method
        reply.headers[.cacheControl] = "no-store"
        reply.headers[.contentDisposition] = "\(method == "PUBLISH" ? "inline" : "attachment"); filename=\"\(name)\""
        return reply
    }

    private static func moment(_ moment: Instant) -> String {
        moment.description.prefix(19).filter { $0 != "-" && $0 != ":" } + "Z"
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing(";", with: "\\;").replacing(",", with: "\\,")
            .replacing("\r\n", with: "\\n").replacing("\n", with: "\\n").replacing("\r", with: "")
    }

    private static func quoted(_ text: String) -> String {
        "\"" + text.filter { $0 != "\"" && !$0.isNewline } + "\""
    }

    /// No line is longer than 75 bytes, and no character is cut.
    private static func folded(_ line: String) -> String {
        var (result, length) = ("", 0)
        for character in line {
            let size = character.utf8.count
            if length + size > 74 {
                result += "\r\n "
                length = 1
            }
            result.append(character)
            length += size
        }
        return result
    }
}
