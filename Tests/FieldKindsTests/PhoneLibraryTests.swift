import Foundation
import Testing
import Values

@testable import FieldKinds

@Suite struct PhoneLibraryTests {
    /// Where the metadata that Debian's library was built with is older than the vectors: ways of grouping, and one range
    /// that was not in use. It is compiled into the library; newer metadata comes with a newer Debian.
    private static let newer: Set<String> = ["0912 345 678", "010 01234567", "+234 2033 12 3456"]

    @Test func `libphonenumber answers as its vectors say`() throws {
        let vectors = try sharedList("phone/vectors.json")
        #expect(vectors.count == 120)
        let types = [
            "FIXED_LINE", "MOBILE", "FIXED_LINE_OR_MOBILE", "TOLL_FREE", "PREMIUM_RATE", "SHARED_COST", "VOIP",
            "PERSONAL_NUMBER", "PAGER", "UAN", "VOICEMAIL", "UNKNOWN",
        ]
        for vector in vectors {
            let input = try #require(vector["input"]?.string)
            let region = try #require(vector["region"]?.string)
            guard let found = PhoneLibrary.read(input, region: region) else {
                #expect(vector["parse_error"]?.bool == true, "\(input)")
                continue
            }
            #expect(found.e164 == vector["e164"]?.string, "\(input)")
            #expect(found.isPossible == vector["possible"]?.bool, "\(input)")
            #expect(found.extensionNumber == vector["extension"]?.string, "\(input)")
            let isNewer = Self.newer.contains(input) && (region != "TW")
            guard vector["valid"]?.bool == true, !isNewer, found.extensionNumber == nil else { continue }
            let facts = try #require(PhoneLibrary.lookUp(found.e164))
            #expect(facts.isValid, "\(input)")
            #expect(facts.region == vector["number_region"]?.string, "\(input)")
            #expect(types[Int(facts.type)] == vector["type"]?.string, "\(input)")
            #expect(PhoneNumber.international(found.e164) == vector["international"]?.string, "\(input)")
            #expect(PhoneNumber.national(found.e164) == vector["national"]?.string, "\(input)")
        }
    }

    @Test func `every possible number of the vectors is understood as the library does`() throws {
        for vector in try sharedList("phone/vectors.json") where vector["possible"]?.bool == true {
            let input = try #require(vector["input"]?.string)
            let number = try PhoneNumber.parse(input, country: #require(vector["region"]?.string))
            #expect(number.e164 == vector["e164"]?.string, "\(input)")
            #expect(number.extensionNumber == vector["extension"]?.string, "\(input)")
        }
    }

    @Test func `Chinese habits of writing win over the library`() throws {
        for entry in try sharedList("phone/cn_conventions.json") {
            let input = try #require(entry["input"]?.string)
            let wanted = entry["e164"]?.array?.compactMap(\.string) ?? [entry["e164"]?.string].compactMap { $0 }
            guard !wanted.isEmpty else {
                #expect(throws: ValueFailure.self, "\(input)") { try PhoneNumber.parseAll(input) }
                continue
            }
            let numbers = try PhoneNumber.parseAll(input)
            #expect(numbers.map(\.e164) == wanted, "\(input)")
            #expect(numbers.first?.extensionNumber == entry["extension"]?.string, "\(input)")
        }
    }

    @Test func `the short way for usual Chinese numbers says what the long way and the library say`() throws {
        var dice = SystemRandomNumberGenerator()
        // 179 is no mobile: the library takes 17963 00… for the code of a cheap call abroad.
        for prefix in 130...199 where prefix != 179 {
            for _ in 0..<20 {
                let digits = "\(prefix)" + String(Int.random(in: 10_000_000...99_999_999, using: &dice))
                let shapes = [
                    digits, "+86" + digits,
                    "+86 \(digits.prefix(3)) \(digits.dropFirst(3).prefix(4)) \(digits.suffix(4))",
                    "\(digits.prefix(3))-\(digits.dropFirst(3).prefix(4))-\(digits.suffix(4))", "(+86)\(digits)",
                ]
                for shape in shapes {
                    let short = try PhoneNumber.normalised(shape)
                    #expect(short == "+86" + digits)
                    #expect(short == (try PhoneNumber.parse(shape).stored))
                    #expect(short == PhoneLibrary.read(shape, region: "CN")?.e164)
                }
            }
        }
        for area in ["010", "021", "0571", "0755", "0991"] {
            for _ in 0..<50 {
                let digits = String(Int.random(in: 20_000_000...89_999_999, using: &dice))
                for shape in ["\(area)-\(digits)", "(\(area)) \(digits)", "\(area)\(digits)"] {
                    let short = try PhoneNumber.normalised(shape)
                    #expect(short == (try PhoneNumber.parse(shape).stored))
                    #expect(short == PhoneLibrary.read(shape, region: "CN")?.e164)
                }
            }
        }
    }

    @Test func `several threads may ask at once`() async throws {
        let inputs = phoneVectors
        await withTaskGroup(of: Int.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    inputs.count { (try? PhoneNumber.parse($0[0], country: $0[1]).e164) == $0[2] }
                }
            }
            for await right in group { #expect(right == inputs.count) }
        }
    }

    @Test func `a number outside of all known ranges is kept and can be told apart`() throws {
        let kept = try PhoneNumber.normalised("010-8000 0001")
        #expect(kept == "+861080000001")
        #expect(!PhoneNumber.isKnown(kept))
        #expect(PhoneNumber.isKnown("+8613900001234"))
        #expect(PhoneNumber.isKnown("+8657180000001;ext=802"))
        for service in ["+8695588", "+8612345", "+864008008000", "+868008100000"] {
            #expect(PhoneNumber.isKnown(service))
        }
        #expect(PhoneNumber.region("+85251000001;ext=3") == "HK")
        #expect(PhoneNumber.region("+85366000001") == "MO")
        #expect(PhoneNumber.region("+886912000001") == "TW")
        #expect(PhoneNumber.isMobile("+8613900001234") && !PhoneNumber.isMobile("+8657180000001"))
    }

    @Test func `numbers at home are shown short, those elsewhere with their code`() {
        #expect(PhoneNumber.display("+85251000001", country: "HK") == "5100 0001")
        #expect(PhoneNumber.display("+8613900001234", country: "HK") == "+86 139 0000 1234")
        #expect(PhoneNumber.display("+14155552671", country: "US") == "(415) 555-2671")
        #expect(PhoneNumber.display("+15062345678", country: "US") == "+1 506-234-5678")
        #expect(PhoneNumber.display("+442079460958", country: "GB", language: .en) == "020 7946 0958")
        #expect(PhoneNumber.isCountry("HK") && !PhoneNumber.isCountry("ZZ") && !PhoneNumber.isCountry("hk"))
    }

    @Test func `a Chinese mobile of a wrong length is kept as the library has it, and marked in words`() throws {
        #expect(try PhoneNumber.normalised("1390000123") == "+861390000123")
        #expect(try PhoneNumber.normalised("139 0000 12345") == "+86139000012345")
        let doubt = try #require(PhoneNumber.doubt("+861390000123"))
        #expect(doubt.zh.contains("11 位") && doubt.zh.contains("10 位"))
        #expect(PhoneNumber.doubt("+8613900001234") == nil)
        #expect(PhoneNumber.doubt("+8617900001234") != nil)
        #expect(throws: ValueFailure.self) { try PhoneNumber.normalised("139000") }
    }
}
