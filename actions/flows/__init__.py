"""The guided flows as pure logic: which question comes next, what an answer is worth, what follows from the facts."""
