import Ledger
import Testing

/// What is masked, in text.
@Suite struct RedactorTests {
    private static let digits48 = "aB3dE6gH9jK2mN5pQ8sT1vW4xY7zA0cD3fG6iJ9lM2oP5rS8"

    @Test(arguments: [
        ("my key is sk-\(digits48).", "my key is [api key]."),
        ("sk-proj-abc_DEF-\(digits48)", "[api key]"),
        ("sk-ant-api03-\(digits48)-\(digits48)AA", "[api key]"),
        ("sk-or-v1-0123456789abcdef0123456789abcdef", "[api key]"),
        ("OPENAI_API_KEY=sk-1234567890abcdef1234", "OPENAI_API_KEY=[api key]"),
        ("mk-abcdefghijklmnop-qrstuvwxyz234567abcdefghijklmnop", "[api key]"),
        ("key=AIzaSyA1234567890abcdefghijklmnopqrstu&x=1", "key=[api key]&x=1"),
        ("'gsk_\(digits48)'", "'[api key]'"),
        ("ghp_0123456789abcdefghijABCDEFGHIJ456789", "[api key]"),
        ("github_pat_11ABCDEFG0abcdefghijkl_mnopqrstuvwxyz", "[api key]"),
        ("glpat-abc-DEF_123456789xyz", "[api key]"),
        ("xoxb-1234567890-abcdefghijkl", "[api key]"),
        ("xapp-1-A0123456789-abcdef", "[api key]"),
        ("hf_abcdefghijklmnopqrstuvwxyz12345678", "[api key]"),
        ("sk_live_4eC39HqLyjWDarjtT1zdp7dc", "[api key]"),
        ("ya29.a0AfH6SMB_1234567890-abcdef", "[api key]"),
        (
            "id AKIAIOSFODNN7EXAMPLE, secret wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY!",
            "id [api key], secret [api key]!"
        ),
        ("aws_secret_access_key=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "aws_secret_access_key=[api key]"),
        ("密钥sk-\(digits48)。", "密钥[api key]。"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P", "[token]"),
        ("eyJhbGciOiJub25lIn0.eyJzdWIiOiIxMjM0In0.", "[token]."),
        ("a eyJhbGciOiJSU0Et.OKOawDo13gRp2ojaHV7.48V1_ALb6US04U3b.5eym8TW_c8SuK0l.XFBoMYUZ b", "a [token] b"),
        ("Authorization: Bearer abcdef0123456789", "Authorization: Bearer [token]"),
        ("authorization: bearer  dGhpcyBpcyBhIHRva2VuIQ==.", "authorization: bearer  [token]."),
        ("-H 'Authorization: Bearer sk-\(digits48)'", "-H 'Authorization: Bearer [token]'"),
    ])
    func credentials(example: (text: String, redacted: String)) {
        check(example)
    }

    @Test(arguments: [
        ("-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkq\n-----END PRIVATE KEY-----\n", "[pem]\n"),
        (
            "a\n-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nAAAA\n-----END RSA PRIVATE KEY-----b",
            "a\n[pem]b"
        ),
        (#"{\"k\":\"-----BEGIN EC KEY-----\\nMHcCAQ\\n-----END EC KEY-----\\n\"}"#, #"{\"k\":\"[pem]\\n\"}"#),
        ("-----BEGIN CERTIFICATE-----\nMIIDdzCCAl+gAwIBAgIE\nMIIDdzCCAl+gAwIBAg", "[pem]"),
        ("-----BEGIN CERTIFICATE-----\nMIIDdzCCAl+gAwIBAgIE\nand more", "[pem]\nand more"),
        ("-----BEGIN A-----\nx\n-----BEGIN B-----\ny\n-----END B-----", "-----BEGIN A-----\nx\n[pem]"),
    ])
    func blocks(example: (text: String, redacted: String)) {
        check(example)
    }

    @Test(arguments: [
        ("write to joao.silva+nota@exemplo.com.br, please", "write to [email], please"),
        ("<a@b.co>", "<[email]>"),
        ("joão@exemplo.com", "[email]"),
        ("jo\u{00E9}@m\u{00FC}ller.de.", "[email]."),
        ("mailto:x_y%z@sub.domain-name.io?subject=1", "mailto:[email]?subject=1"),
        ("请联系zhang@example.com谢谢", "请联系[email]谢谢"),
        ("line\\nana@x.org\\nnext", "line\\n[email]\\nnext"),
        ("a@b.com;c@d.net", "[email];[email]"),
        ("me@xn--bcher-kva.example", "[email]"),
        ("me@example.xn--p1ai", "[email]"),
        ("postgres://martlet:secret@db.example.com:5432/x", "postgres://martlet:[email]:5432/x"),
    ])
    func emails(example: (text: String, redacted: String)) {
        check(example)
    }

    @Test(arguments: [
        ("call +1 (415) 555-2671 now", "call [phone] now"),
        ("+14155552671", "[phone]"),
        ("+44 20 7946 0958.", "[phone]."),
        ("+49-30-1234567", "[phone]"),
        ("+351 912 345 678", "[phone]"),
        ("+55 11 98765-4321", "[phone]"),
        ("+55 (11) 98765-4321 22 anos", "[phone] 22 anos"),
        ("+5585987654321", "[phone]"),
        ("(11) 98765-4321", "[phone]"),
        ("(11)3456-7890", "[phone]"),
        ("tel. 11 98765-4321", "tel. [phone]"),
        ("11 3456-7890", "[phone]"),
        ("(085) 9 8765-4321", "[phone]"),
        ("wa.me/5511987654321", "wa.me/[phone]"),
        ("fone 11987654321", "fone [phone]"),
        ("55 11 98765 4321", "[phone]"),
    ])
    func phones(example: (text: String, redacted: String)) {
        check(example)
    }

    @Test(arguments: [
        ("4111111111111111", "[card]"),
        ("card 4111 1111 1111 1111, 12/30", "card [card], 12/30"),
        ("4111-1111-1111-1111", "[card]"),
        ("5555555555554444 123", "[card] 123"),
        ("5555 5555 5555 4444 123", "[card] 123"),
        ("3782 822463 10005", "[card]"),
        ("378282246310005", "[card]"),
        ("3056 930902 5904", "[card]"),
        ("6011111111111117", "[card]"),
        ("2223003122003222", "[card]"),
        ("6362970000457013", "[card]"),
        ("6062825624254001", "[card]"),
        ("4222222222222", "[card]"),
        ("CPF 529.982.247-25", "CPF [cpf]"),
        ("52998224725", "[cpf]"),
        ("cpf:529982247-25;", "cpf:[cpf];"),
        ("111 444 777 35", "[cpf]"),
        ("11.222.333/0001-81", "[cnpj]"),
        ("CNPJ 11222333000181.", "CNPJ [cnpj]."),
        ("11222333/0001-81", "[cnpj]"),
        ("12.ABC.345/01DE-35", "[cnpj]"),
        ("12ABC34501DE35", "[cnpj]"),
        ("12.abc.345/01de-35", "[cnpj]"),
    ])
    func numbers(example: (text: String, redacted: String)) {
        check(example)
    }

    private func check(_ example: (text: String, redacted: String)) {
        let redactor = Redactor()
        #expect(redactor.redact(example.text) == example.redacted)
        #expect(redactor.redact(example.redacted) == example.redacted)
        // Whatever stands around it.
        for (before, after) in [("(", ")"), ("\"", "\""), ("é ", " é"), ("\n", "\n"), ("= ", ", "), ("[", "]")] {
            #expect(redactor.redact(before + example.text + after).hasPrefix(before))
        }
        #expect(redactor.redact("x: " + example.text) == "x: " + example.redacted)
    }
}
