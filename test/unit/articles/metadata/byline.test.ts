import { describe, expect, it } from 'vitest';
import { beginsAsByline, beginsWithAuthorLabel, isCapitalized, readByline } from '../../../../src/articles/metadata/byline.js';

describe('readByline', () => {
  it.each([
    ['By Ada Example', ['Ada Example']],
    ['By Ada Example and Bea Muster | 3 min read', ['Ada Example', 'Bea Muster']],
    ['Von Eva Muster, Hans Beispiel und Ada Example', ['Eva Muster', 'Hans Beispiel', 'Ada Example']],
    ['Par Anne Exemple, avec Luc Modèle', ['Anne Exemple', 'Luc Modèle']],
    ['Por: María Ejemplo', ['María Ejemplo']],
    ['przez Jan Przykład i Anna Przykład', ['Jan Przykład', 'Anna Przykład']],
    ['Written by Ada Example on March 3, 2026', ['Ada Example']],
    ['Dec. 19, 2025 · Ada Example', ['Ada Example']],
    ['Ada Example, Staff Writer', ['Ada Example']],
    ['Ada Example, MD, PhD', ['Ada Example']],
    ['Ada Example, RDN, LCSW', ['Ada Example']],
    ['Autor: Hans Beispiel', ['Hans Beispiel']],
    ['Ein Kommentar von Eva Muster', ['Eva Muster']],
    ['Eva Muster | Facebook', ['Eva Muster']],
    ['記者 山田花子', ['山田花子']],
    ['作者：王小明', ['王小明']],
    ['بقلم: سلمى مثال', ['سلمى مثال']],
    ['โดย สมชาย ตัวอย่าง', ['สมชาย ตัวอย่าง']],
    ['Автор: Анна Пример', ['Анна Пример']],
  ])('reads the names in %j', (byline, names) => expect(readByline(byline)).toEqual(names));

  it.each([
    'YouTube',
    'ada@news.example',
    'https://social.example/ada',
    'admin',
    '12 comments',
    'Follow',
    'In this long sentence nobody is named, but the author of it wanted to say something else',
  ])('finds no name in %j', (byline) => expect(readByline(byline)).toEqual([]));

  it('is fast on long texts', () => expect(readByline('By '.repeat(100_000))).toEqual([]));
});

describe('beginsAsByline', () => {
  it.each(['By Ada', 'VON Eva', ' Par', 'Autor: Hans', '文：王小明'])('accepts %j', (text) =>
    expect(beginsAsByline(text)).toBe(true),
  );
  it.each(['Byron wrote', 'The ferry', ''])('rejects %j', (text) => expect(beginsAsByline(text)).toBe(false));
});

describe('beginsWithAuthorLabel', () => {
  it.each([
    ['Autorin: Eva', true],
    ['By: Ada', false],
    ['Author Ada', false],
  ])('%j is %j', (text, expected) => expect(beginsWithAuthorLabel(text)).toBe(expected));
});

describe('isCapitalized', () => {
  it.each([
    ['Ada Example', true],
    ['Jan van der Beispiel', true],
    ['王小明', true],
    ['about our house', false],
  ])('%j is %j', (name, expected) => expect(isCapitalized(name)).toBe(expected));
});
