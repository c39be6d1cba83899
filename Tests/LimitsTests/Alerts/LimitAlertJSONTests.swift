import Policy
import Testing

@testable import Limits

@Suite struct LimitAlertJSONTests {
    private func body(
        _ scope: LimitRule.Scope, _ resource: LimitRule.Resource, subject: String = "", used: Int, max: Int,
        resetsAt: Int = noon + 43_200_000, shadow: Bool = false
    ) -> String {
        let limited = counter(scope, resource, .day, tenant: LimitTenant("acme"), subject: subject)
        let alert = LimitAlert(
            id: "0a", time: noon + 999, tenant: "acme", counter: limited, threshold: 80, percent: 81, used: used,
            max: max, resetsAt: resetsAt, shadow: shadow)
        return String(decoding: alert.json, as: UTF8.self)
    }

    @Test func everyMember() {
        #expect(
            body(.keyModel, .tokens, subject: "k/gpt", used: 810, max: 1000)
                == #"{"type":"limit.alert","id":"0a","time":"2025-06-11T12:00:00Z","tenant":"acme","#
                + #""scope":"key_model","resource":"tokens","per":"day","subject":"k/gpt","threshold":80,"#
                + #""percent":81,"used":810,"max":1000,"resets_at":"2025-06-12T00:00:00Z","shadow":false}"#)
    }

    @Test func textIsEscaped() {
        #expect(
            body(.endUser, .requests, subject: "a\"b\\c\n\u{1}é", used: 1, max: 1, shadow: true)
                .contains(#""subject":"a\"b\\c\n\u0001é","#))
    }

    @Test func whatNeverResetsSaysSo() {
        #expect(
            body(.tenant, .requests, used: 1, max: 1, resetsAt: LimitAmount.cap, shadow: true)
                .hasSuffix(#""resets_at":null,"shadow":true}"#))
    }

    @Test(arguments: [
        (0, "0.00"), (1, "0.000000001"), (500_000_000, "0.50"), (50_000_000_000, "50.00"),
        (1_234_567_890, "1.23456789"), (LimitAmount.cap, "9007199.254740991"), (-1_500_000_000, "-1.50"),
    ])
    func moneyIsExact(_ nanodollars: Int, _ dollars: String) {
        #expect(LimitAlert.dollars(nanodollars) == dollars)
        #expect(
            body(.tenant, .cost, used: nanodollars, max: 7_000_000_001)
                .contains(#""used":\#(dollars),"max":7.000000001,"#))
    }
}
